"""Reviews over REST: the queue, drafts, submission, the agent's answer, disputes, plans, and the export."""

from typing import Any

from django.http import StreamingHttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from quality import access
from quality.actions.disputes import dispute_review, settle_dispute
from quality.actions.reviews import acknowledge_review, open_review, save_draft, submit_review
from quality.actions.sampling import draw_plan
from quality.forms.disputes import DecisionForm, ObjectionForm, decision_of, objection_of
from quality.forms.reviews import CardForm, card_of_json, filled_of
from quality.queries.reviews import source_of, waiting_task
from quality.queries.tasks import next_score, task_for
from quality.serializers.exports import reviews_csv
from quality.serializers.reviews import dispute_json, review_json
from quality.serializers.tasks import task_json
from tickets.access import staff_of, supervisor_of


class ScoreForm(serializers.Serializer[Any]):
    score = serializers.IntegerField(min_value=1, max_value=2**62)


class NextInQueue(APIView):
    """What this reviewer should look at next; ``task`` is null where no plan drew it."""

    @extend_schema(responses={200: dict})
    def get(self, request: Request) -> Response:
        reviewer = supervisor_of(request.user)
        score = next_score(reviewer)
        task = task_for(score, reviewer) if score else None
        return Response({"score": score.pk if score else None, "task": task_json(task) if task else None})


class Reviews(APIView):
    """Begin the review of a scored conversation, or get the one already begun."""

    @extend_schema(request=ScoreForm, responses={201: dict})
    def post(self, request: Request) -> Response:
        reviewer = supervisor_of(request.user)
        form = ScoreForm(data=request.data)
        form.is_valid(raise_exception=True)
        score = access.reviewable_score_for(reviewer, form.validated_data["score"])
        task = waiting_task(score, reviewer)
        review = open_review(of=score, reviewer=reviewer, source=source_of(task), task=task)
        return Response(review_json(review), status=201)


class OneReview(APIView):
    """A review; its reviewer keeps a draft of it by PATCH, naming the edition that was read."""

    @extend_schema(responses={200: dict})
    def get(self, request: Request, review_id: int) -> Response:
        return Response(review_json(access.review_for(staff_of(request.user), review_id)))

    @extend_schema(request=CardForm, responses={200: dict})
    def patch(self, request: Request, review_id: int) -> Response:
        review = access.review_written_by(staff_of(request.user), review_id)
        form = _card(request)
        review = save_draft(review=review, entries=card_of_json(form), edition=form["edition"])
        return Response(review_json(review))


class SubmitReview(APIView):
    """Submit what the draft and the body hold together."""

    @extend_schema(request=CardForm, responses={200: dict})
    def post(self, request: Request, review_id: int) -> Response:
        review = access.review_written_by(staff_of(request.user), review_id)
        card = card_of_json(_card(request))
        return Response(review_json(submit_review(review=review, filled=filled_of(review, card))))


class AcknowledgeReview(APIView):
    """The agent agrees."""

    @extend_schema(request=None, responses={200: dict})
    def post(self, request: Request, review_id: int) -> Response:
        agent = staff_of(request.user)
        return Response(review_json(acknowledge_review(review=access.review_about(agent, review_id), by=agent)))


class DisputeReview(APIView):
    """The agent objects, with words."""

    @extend_schema(request=ObjectionForm, responses={201: dict})
    def post(self, request: Request, review_id: int) -> Response:
        agent = staff_of(request.user)
        review = access.review_about(agent, review_id)
        form = ObjectionForm(data=request.data)
        form.is_valid(raise_exception=True)
        dispute = dispute_review(review=review, by=agent, objection=objection_of(form.validated_data))
        return Response(dispute_json(dispute), status=201)


class ResolveDispute(APIView):
    """Accept, accept in part or reject, with words."""

    @extend_schema(request=DecisionForm, responses={200: dict})
    def post(self, request: Request, dispute_id: int) -> Response:
        by = staff_of(request.user)
        dispute = access.dispute_to_settle(by, dispute_id)
        form = DecisionForm(data=request.data)
        form.is_valid(raise_exception=True)
        decision = decision_of(dispute, form.validated_data)
        return Response(dispute_json(settle_dispute(dispute=dispute, by=by, decision=decision)))


class DrawPlan(APIView):
    """Draw now; a second time on the same day answers with what was drawn."""

    @extend_schema(request=None, responses={200: dict})
    def post(self, request: Request, plan_id: int) -> Response:
        by = staff_of(request.user)
        tasks = draw_plan(plan=access.plan_for(by, plan_id), by=by)
        return Response({"plan": plan_id, "drawn": [task_json(task) for task in tasks]})


class ReviewsExport(APIView):
    """Every submitted review that counts, a line for each rating, streamed; personal data in comments is hidden."""

    @extend_schema(responses={(200, "text/csv"): str})
    def get(self, request: Request) -> StreamingHttpResponse:
        reader = supervisor_of(request.user)
        lines = reviews_csv(access.reviews_visible_to(reader))
        answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = 'attachment; filename="reviews.csv"'
        return answer


def _card(request: Request) -> dict[str, Any]:
    form = CardForm(data=request.data)
    form.is_valid(raise_exception=True)
    return form.validated_data
