"""The flat steps of each topic become version 1 of its scenario; what was ticked becomes the log of a run of it.

Steps keep their ids, which are their keys from now on. Back: the steps of the newest published version are the flat
ones, and the logs of the runs are lost; what is ticked stays in the tickets.
"""

from django.db import migrations

FORWARD = """
insert into tickets_scenario (topic_id) select distinct topic_id from tickets_scenariostep;
insert into tickets_scenarioversion (scenario_id, number, note, begun_at, published_at)
  select id, 1, '', now(), now() from tickets_scenario;
update tickets_scenariostep step set key = step.id, version_id = version.id
  from tickets_scenario scenario join tickets_scenarioversion version on version.scenario_id = scenario.id
 where scenario.topic_id = step.topic_id;
insert into tickets_scenariorun (ticket_id, version_id, begun_at)
  select ticket.number, version.id, ticket.opened_at
    from tickets_ticket ticket
    join tickets_scenario scenario on scenario.topic_id = ticket.topic_id
    join tickets_scenarioversion version on version.scenario_id = scenario.id
   where ticket.steps_done <> '[]'::jsonb
     and exists (select from tickets_scenariostep step
                  where step.version_id = version.id and ticket.steps_done @> to_jsonb(step.id));
insert into tickets_scenariomark (run_id, number, step_id, outcome, reason, words, by_id, at)
  select run.id,
         row_number() over (partition by run.id order by coalesce(marked.at, run.begun_at), step.position),
         step.id, 'done', '', '', marked.user_id, coalesce(marked.at, run.begun_at)
    from tickets_scenariorun run
    join tickets_ticket ticket on ticket.number = run.ticket_id
    join tickets_scenariostep step on step.version_id = run.version_id and ticket.steps_done @> to_jsonb(step.id)
    left join lateral (
      select event.at, event.user_id from tickets_ticketevent event
       where event.ticket_id = ticket.number and event.kind = 'step_marked'
         and event.data @> jsonb_build_object('step', step.id, 'done', true)
       order by event.at desc limit 1
    ) marked on true;
"""

BACKWARD = """
delete from tickets_scenariomark;
delete from tickets_scenariorun;
delete from tickets_scenariochoice;
delete from tickets_scenariostep where version_id not in (
  select distinct on (scenario_id) id from tickets_scenarioversion
   where published_at is not null order by scenario_id, number desc);
update tickets_scenariostep step set topic_id = scenario.topic_id
  from tickets_scenarioversion version join tickets_scenario scenario on scenario.id = version.scenario_id
 where version.id = step.version_id;
update tickets_scenariostep set version_id = null, key = null;
delete from tickets_scenarioversion;
delete from tickets_scenario;
"""


class Migration(migrations.Migration):
    dependencies = [("tickets", "0033_scenarios_have_versions")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
