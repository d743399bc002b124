"""Standards, trials, and automatic scores over REST: for supervisors; an agent's own scores too."""

from typing import Any, cast
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from identity.access import Actor
from identity.models import User
from quality import access, actions
from quality.actions.rescoring import start_rescoring, start_trial
from quality.actions.standard_scope import add_standard
from quality.errors import NothingInForce
from quality.forms.moments import read_moment
from quality.models import Rescoring
from quality.queries.rescoring import count_of
from quality.queries.standards import in_force_of, standards, text_of
from quality.serializers import standards as shapes


class NewStandard(serializers.Serializer[Any]):
    """A standard whose first draft says what another says."""

    code = serializers.SlugField(max_length=50)
    title_ru = serializers.CharField(max_length=120)
    title_en = serializers.CharField(max_length=120)
    like = serializers.SlugField(max_length=50, default="service")


class Beginning(serializers.Serializer[Any]):
    """At once without ``at``."""

    at = serializers.DateTimeField(required=False, allow_null=True, default=None)


class Past(serializers.Serializer[Any]):
    """``dry_run`` only counts."""

    standard = serializers.SlugField(default="service")
    since = serializers.DateField(required=False, allow_null=True, default=None)
    dry_run = serializers.BooleanField(default=False)


class Standards(APIView):
    """Every standard with its versions."""

    @extend_schema(responses={200: shapes.STANDARDS})
    def get(self, request: Request) -> Response:
        access.supervisor_of(request.user)
        return Response([shapes.standard_json(one) for one in standards()])

    @extend_schema(request=NewStandard, responses={201: shapes.VERSION})
    def post(self, request: Request) -> Response:
        user = access.supervisor_of(request.user)
        form = _valid(NewStandard, request.data)
        like = access.standard_for(user, form.pop("like"))
        return Response(shapes.version_json(add_standard(like=like, by=user, **form)), status=201)


class Version(APIView):
    """What a version says."""

    @extend_schema(responses={200: shapes.WORDING})
    def get(self, request: Request, version: int) -> Response:
        found = access.version_for_lead(access.supervisor_of(request.user), version)
        return Response(shapes.wording_json(found, text_of(found)))


class PublishVersion(APIView):
    """Put a draft in force at once or at a moment."""

    @extend_schema(request=Beginning, responses={200: shapes.VERSION})
    def post(self, request: Request, version: int) -> Response:
        user = access.supervisor_of(request.user)
        found = access.version_for_lead(user, version)
        at = _valid(Beginning, request.data)["at"]
        settled = actions.schedule(version=found, at=at, by=user) if at else actions.publish(version=found, by=user)
        return Response(shapes.version_json(settled))


class CloneVersion(APIView):
    """A draft that says what a version says."""

    @extend_schema(request=None, responses={201: shapes.VERSION})
    def post(self, request: Request, version: int) -> Response:
        user = access.supervisor_of(request.user)
        found = access.version_for_lead(user, version)
        return Response(shapes.version_json(actions.clone(version=found, by=user)), status=201)


class SimulateVersion(APIView):
    """Try a version on the last dialogs; what it finds is read from the run."""

    @extend_schema(request=None, responses={202: shapes.RUN})
    def post(self, request: Request, version: int) -> Response:
        user = access.supervisor_of(request.user)
        found = access.version_for_lead(user, version)
        return Response(shapes.run_json(start_trial(version=found, by=user)), status=202)


class Run(APIView):
    """How far a trial or a re-scoring is, and what it found."""

    @extend_schema(responses={200: shapes.RUN})
    def get(self, request: Request, rescoring: int) -> Response:
        user = access.supervisor_of(request.user)
        return Response(shapes.run_json(access.rescoring_for(user, rescoring)))


class Rescore(APIView):
    """Score the past again by the version in force, in a worker."""

    @extend_schema(request=Past, responses={200: shapes.DRY_RUN, 202: shapes.RUN})
    def post(self, request: Request) -> Response:
        user = access.supervisor_of(request.user)
        asked = _valid(Past, {**dict(request.data), **request.query_params.dict()})
        version = in_force_of(access.standard_for(user, asked["standard"]))
        if version is None:
            raise NothingInForce
        since = read_moment(f"{asked['since']}T00:00") if asked["since"] else None
        if asked["dry_run"]:
            return Response({"total": count_of(Rescoring(version=version, since=since))})
        return Response(shapes.run_json(start_rescoring(version=version, by=user, since=since)), status=202)


class Autoscore(APIView):
    """The newest automatic score of a conversation with its findings."""

    @extend_schema(responses={200: shapes.SCORE})
    def get(self, request: Request, conversation: UUID) -> Response:
        score = access.score_of_conversation(cast(Actor, request.user), conversation)
        findings = access.findings_visible_to(cast(User, request.user), score)
        return Response(shapes.autoscore_json(score, list(findings)))


def _valid(form: type[serializers.Serializer[Any]], data: Any) -> dict[str, Any]:
    one = form(data=data)
    one.is_valid(raise_exception=True)
    return dict(one.validated_data)
