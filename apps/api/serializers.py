"""The shape of what the API returns, for its description."""

from rest_framework import serializers


class SystemSerializer(serializers.Serializer[dict[str, object]]):
    """One system on a leaderboard. An open interval end is null."""

    system = serializers.CharField()
    strength = serializers.FloatField(allow_null=True, help_text="Natural log-odds; mean 0 over the board.")
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    rank_low = serializers.IntegerField(allow_null=True)
    rank_high = serializers.IntegerField(allow_null=True)
    n = serializers.IntegerField(help_text="Showings, those that ended both-bad included.")
    both_bad_share = serializers.FloatField(allow_null=True)


class LeaderboardSerializer(serializers.Serializer[dict[str, object]]):
    """A frozen leaderboard, exactly the JSON that `run_analysis --json` prints."""

    systems = SystemSerializer(many=True)
    n_judgments = serializers.IntegerField()
    n_raters = serializers.IntegerField()
    n_items = serializers.IntegerField()
    inputs_sha256 = serializers.CharField()
    agreement = serializers.DictField()
