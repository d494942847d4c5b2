"""The chart: what Helm makes of it, held against Kubernetes' schemas and the program's settings."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from bot.config import Settings, settings_from
from tests.chart import CHART, VERSIONS, rendered
from tests.test_channel_settings import SET

WEB = {
    "OPSCHAALGIDS_WEB_URL": "https://gids.example.nl",
    "OPSCHAALGIDS_WEB_PROXY": "10.0.0.0/8",
}
ADDRESS = {"OPSCHAALGIDS_DATABASE": {"name": "opschaalgids-db-app", "key": "uri"}}
TOKEN = {"TELEGRAM_BOT_TOKEN": {"name": "opschaalgids", "key": "token"}}
EVERYTHING: dict[str, Any] = {
    "settings": {
        **WEB, "OPSCHAALGIDS_MAIL": "smtp://gids%40example.nl@mail.example.nl:587",
        "OPSCHAALGIDS_MAIL_FROM": "gids@example.nl", "OPSCHAALGIDS_OPERATORS": "12345678",
        "OPSCHAALGIDS_WEBHOOK_URL": "https://gids.example.nl/hook",
        "OPSCHAALGIDS_HOUSE": "/etc/opschaalgids/house.toml",
    },
    "secrets": {
        **ADDRESS, **TOKEN, "OPSCHAALGIDS_MAIL_PASSWORD": {"name": "opschaalgids", "key": "mail"},
        "OPSCHAALGIDS_WEBHOOK_SECRET": {"name": "opschaalgids", "key": "webhook"},
    },
    "files": {"house.toml": 'sender = "Zuid"\n'},
    "ingress": {"enabled": True, "className": "nginx", "host": "gids.nl", "tlsSecret": "tls",
                "annotations": {"nginx.ingress.kubernetes.io/proxy-body-size": "512k"}},
    "networkPolicy": {"mailPort": 587},
    "serviceMonitor": {"enabled": True, "labels": {"release": "prometheus"}},
    "image": {"digest": f"sha256:{'a' * 64}"}, "imagePullSecrets": [{"name": "registry"}],
    "nodeSelector": {"zone": "a"}, "tolerations": [{"operator": "Exists"}],
    "podAnnotations": {"team": "gids"},
}  # fmt: skip
GOOD: dict[str, dict[str, Any]] = {
    "everything": EVERYTHING,
    "web": {"settings": WEB, "secrets": ADDRESS},
    "telegram": {"secrets": {**ADDRESS, **TOKEN}},
    "file": {"storage": "file", "settings": WEB, "secrets": TOKEN},
}
REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "nothing": ({"secrets": ADDRESS}, "Nothing leads to the guide"),
    "no address": ({"settings": WEB}, "secrets.OPSCHAALGIDS_DATABASE has to name the Secret"),
    "an address that is read": (
        {"settings": {**WEB, "OPSCHAALGIDS_DATABASE": "postgresql://x:y@db/x"}, "secrets": ADDRESS},
        "is a secret",
    ),
    "a token that is read": (
        {"settings": {"TELEGRAM_BOT_TOKEN": "1:a"}, "secrets": ADDRESS},
        "TELEGRAM_BOT_TOKEN is a secret",
    ),
    "no proxy": (
        {"settings": {"OPSCHAALGIDS_WEB_URL": "https://a.nl"}, "secrets": ADDRESS},
        "OPSCHAALGIDS_WEB_PROXY has to say",
    ),
    "a typing error": (
        {"settings": {**WEB, "OPSCHAALGIDS_WEB_OPENS": "anyone"}, "secrets": ADDRESS},
        "OPSCHAALGIDS_WEB_OPENS",
    ),
    "a number": (
        {"settings": {**WEB, "OPSCHAALGIDS_OPERATORS": 12345678}, "secrets": ADDRESS},
        "OPSCHAALGIDS_OPERATORS",
    ),
}
SECRET = {
    "OPSCHAALGIDS_DATABASE": "postgresql://gids:kaas@db-rw/gids",
    "TELEGRAM_BOT_TOKEN": "1:a",
    "OPSCHAALGIDS_WEBHOOK_SECRET": "x" * 16,
    "OPSCHAALGIDS_MAIL_PASSWORD": "kaas",
}

Made = dict[str, Any]


@pytest.fixture(scope="module")
def made() -> Made:
    """All at once: starting Helm takes longer than what it does."""
    return rendered(GOOD | {name: values for name, (values, _) in REFUSED.items()}, {})


def of(made: Made, case: str, kind: str) -> list[dict[str, Any]]:
    assert made[case]["refused"] == ""
    return [thing for thing, _ in made[case]["made"] if thing["kind"] == kind]


def pod(made: Made, case: str) -> dict[str, Any]:
    (deployment,) = of(made, case, "Deployment")
    return dict(deployment["spec"]["template"]["spec"])


def settings(made: Made, case: str) -> Settings:
    """What the program makes of the environment that its container would have."""
    told = {k: v for one in of(made, case, "ConfigMap")[:1] for k, v in one["data"].items()}
    named = [one["name"] for one in pod(made, case)["containers"][0].get("env", [])]
    image = {"OPSCHAALGIDS_DATABASE": "/data/guide.db", "OPSCHAALGIDS_KEY_FILE": "/key/key"}
    return settings_from({**image, **told, **{name: SECRET[name] for name in named}})


def test_helm_has_no_remark_on_it(made: Made) -> None:
    told = [one["error"] for one in made["lint"]["messages"]]
    assert (made["lint"]["errors"], told) == ([], ["icon is recommended"])


@pytest.mark.parametrize("case", GOOD)
def test_everything_has_the_form_that_kubernetes_asks(case: str, made: Made) -> None:
    assert made[case]["refused"] == ""
    assert [(thing["kind"], wrong) for thing, wrong in made[case]["made"] if wrong] == []
    assert len(VERSIONS) == 2


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_work_is_refused_before_it_is_installed(case: str, made: Made) -> None:
    assert REFUSED[case][1] in made[case]["refused"]


def test_every_setting_can_be_reached_and_no_other() -> None:
    schema = json.loads((CHART / "values.schema.json").read_text(encoding="utf-8"))["properties"]
    assert set(schema["settings"]["properties"]) == set(SET)
    assert set(schema["secrets"]["propertyNames"]["enum"]) == set(SECRET) <= set(SET)


@pytest.mark.parametrize("case", GOOD)
def test_the_program_can_use_what_it_is_told(case: str, made: Made) -> None:
    found, container = settings(made, case), pod(made, case)["containers"][0]
    ports = {one["name"]: one["containerPort"] for one in container["ports"]}
    assert found.watch == ("0.0.0.0", ports["watch"])  # noqa: S104 - the network policy says who
    assert (found.web and found.web.listen[1]) == ports.get("web")
    assert (found.webhook and found.webhook.port) == ports.get("hook")
    assert bool(found.server) is (case != "file")
    mounted = {one["mountPath"] for one in container["volumeMounts"]}
    assert {str(found.database.parent), str(found.key_file.parent)} <= mounted or found.server
    assert not found.house or str(found.house.parent) in mounted


def test_no_secret_stands_in_what_is_made(made: Made) -> None:
    for case in GOOD:
        (told, *_) = of(made, case, "ConfigMap")
        assert not set(told["data"]) & set(SECRET)
        assert of(made, case, "Secret") == []


@pytest.mark.parametrize("case", GOOD)
def test_a_container_has_no_rights(case: str, made: Made) -> None:
    """What Kubernetes calls restricted, and besides a system that nobody writes to."""
    spec = pod(made, case)
    own, mine = spec["securityContext"], spec["containers"][0]["securityContext"]
    assert (own["runAsNonRoot"], own["seccompProfile"]) == (True, {"type": "RuntimeDefault"})
    assert mine == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert spec["automountServiceAccountToken"] is False
    kinds = {"emptyDir", "configMap", "persistentVolumeClaim"}
    assert all(set(one) - {"name"} <= kinds for one in spec["volumes"])
    assert spec["containers"][0]["resources"]["limits"]["memory"]


def test_an_upgrade_waits_for_who_waits(made: Made) -> None:
    """One that waits says that it lives, and never more; else no upgrade would ever end."""
    (deployment,) = of(made, "web", "Deployment")
    assert deployment["spec"]["replicas"] == 2
    assert deployment["spec"]["strategy"]["rollingUpdate"] == {"maxUnavailable": 0, "maxSurge": 1}
    lives, container = {"path": "/livez", "port": "watch"}, pod(made, "web")["containers"][0]
    assert container["startupProbe"]["httpGet"] == container["livenessProbe"]["httpGet"] == lives
    assert container["readinessProbe"]["tcpSocket"] == {"port": "web"}
    assert pod(made, "telegram")["containers"][0]["readinessProbe"]["httpGet"] == lives
    (budget,) = of(made, "web", "PodDisruptionBudget")
    assert budget["spec"]["maxUnavailable"] == 1


def test_a_file_has_one_program(made: Made) -> None:
    (deployment,) = of(made, "file", "Deployment")
    assert deployment["spec"]["replicas"] == 1
    assert deployment["spec"]["strategy"] == {"type": "Recreate"}
    assert of(made, "file", "PodDisruptionBudget") == []
    claims = {one["metadata"]["name"]: one for one in of(made, "file", "PersistentVolumeClaim")}
    assert set(claims) == {"gids-opschaalgids-data", "gids-opschaalgids-key"}
    for one in claims.values():
        assert one["metadata"]["annotations"] == {"helm.sh/resource-policy": "keep"}


def reaches(made: Made, case: str) -> dict[int, list[dict[str, Any]]]:
    """By port where a pod may go."""
    (policy,) = of(made, case, "NetworkPolicy")
    rules = policy["spec"]["egress"]
    return {port["port"]: rule.get("to", []) for rule in rules for port in rule["ports"]}


def test_it_reaches_what_it_needs_and_nothing_else(made: Made) -> None:
    assert set(reaches(made, "telegram")) == {53, 5432, 443}
    assert set(reaches(made, "everything")) == {53, 5432, 443, 587, 8090}
    assert set(reaches(made, "file")) == {53, 443, 8090}
    (beyond,) = reaches(made, "telegram")[443]
    assert "10.0.0.0/8" in beyond["ipBlock"]["except"]


def test_only_the_ingress_asks_for_pages(made: Made) -> None:
    (policy,) = of(made, "everything", "NetworkPolicy")
    by = {rule["ports"][0]["port"]: rule["from"] for rule in policy["spec"]["ingress"]}
    assert set(by) == {"web", "hook", "watch"}
    assert all(by.values()), "nobody is everybody there"


def test_a_digest_counts_above_a_tag(made: Made) -> None:
    assert pod(made, "web")["containers"][0]["image"] == "opschaalgids:0.1.0"
    named = pod(made, "everything")["containers"][0]["image"]
    assert named == f"opschaalgids@sha256:{'a' * 64}"


# ---------------------------------------------------------------- the database beside it


def test_the_cluster_keeps_what_it_acknowledged() -> None:
    """Its form was held against the resource definition of CloudNativePG 1.30, by hand."""
    text = (CHART.parent / "cloudnative-pg.yaml").read_text(encoding="utf-8")
    cluster = yaml.safe_load(text)
    told, values = cluster["spec"], yaml.safe_load((CHART / "values.yaml").read_text("utf-8"))
    assert told["instances"] >= 3
    assert told["postgresql"]["synchronous"] == {
        "method": "any", "number": 1, "dataDurability": "required", "failoverQuorum": True,
    }  # fmt: skip
    assert told["postgresql"]["parameters"]["statement_timeout"] == "0"
    (pods,) = values["networkPolicy"]["database"]
    assert pods["podSelector"]["matchLabels"] == {"cnpg.io/cluster": cluster["metadata"]["name"]}
    assert ADDRESS["OPSCHAALGIDS_DATABASE"]["name"] == f"{cluster['metadata']['name']}-app"
