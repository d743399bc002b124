"""Surveys over REST: what the borrower who signed in may answer."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from quality import access
from quality.actions.surveys import answer_survey
from quality.forms.surveys import SurveyForm
from quality.queries.surveys import waiting_invite_of
from quality.serializers.surveys import SURVEY_OR_NONE, survey_json


class WaitingSurvey(APIView):
    """The survey that waits for the borrower, if any: never more than one."""

    @extend_schema(responses={200: SURVEY_OR_NONE})
    def get(self, request: Request) -> Response:
        invite = waiting_invite_of(access.borrower_of(request.user))
        return Response({"survey": survey_json(invite) if invite else None})


class SurveyAnswers(APIView):
    """The borrower's answers; taken once, and the same again changes nothing."""

    @extend_schema(request=SurveyForm, responses={201: None})
    def post(self, request: Request, invite: int) -> Response:
        asked = access.invite_for(request.user, invite)
        form = SurveyForm(data=request.data)
        form.is_valid(raise_exception=True)
        answer_survey(invite=asked, language=access.borrower_of(request.user).language, **form.validated_data)
        return Response(status=201)
