"""What a deployment says, and what it must say before it starts: every problem at once, each with the variable and
what to put.

Development (`DEBUG`), the demo (`DEMO`) and tests are free of these demands, on this machine only: a name that others
can reach makes the demo and the debugging pages a problem of their own.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tech4value.embedded.messages import told

SHORTEST_KEY = 50
# A key of fewer different characters was not drawn at random.
FEWEST_CHARACTERS = 10
KNOWN_KEYS = ("for-tests-and-development-only", "django-insecure-", "change-me", "changeme", "secret")
LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]", "::1", "testserver"})
SUPERUSERS = frozenset({"postgres", "root", "admin"})
MAIL_SCHEMES = frozenset({"smtp", "smtps", "smtp+tls", "smtp+ssl"})
SECRETS = (
    "SECRET_KEY",
    "DATABASE_URL",
    "MIGRATION_DATABASE_URL",
    "BACKUP_DATABASE_URL",
    "REDIS_URL",
    "EMAIL_URL",
    "SENTRY_DSN",
    "METRICS_TOKEN",
)
PRIVATE = "PRIVATE_NETWORK_WITHOUT_HTTPS"


@dataclass(frozen=True, slots=True)
class Deployment:
    """The settings that the checks compare. `given` has the variables that the environment sets to something."""

    given: frozenset[str]
    debug: bool
    demo: bool
    secret_key: str
    allowed_hosts: tuple[str, ...]
    https: bool
    private_network: bool
    base_url: str
    trusted_proxy_count: int
    database_user: str
    owner_user: str
    email_url: str
    media_root: Path


def read_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment, each secret given as a file (`NAME_FILE`, as containers mount them) read from it.

    The end of the file's line is not part of the secret. Raises OSError when the file cannot be read.
    """
    values = dict(environment)
    for name in SECRETS:
        if path := environment.get(f"{name}_FILE"):
            values[name] = Path(path).read_text().strip()
    return values


def given_variables(environment: Mapping[str, str]) -> frozenset[str]:
    """The names of the variables that are set to something."""
    return frozenset(name for name, value in environment.items() if value.strip())


def is_public(hosts: tuple[str, ...]) -> bool:
    """Whether some name that is served can be reached from another machine."""
    return any(host not in LOOPBACK for host in hosts)


def problems(deployment: Deployment) -> list[str]:
    """What keeps the product from starting, one sentence each; empty when it may."""
    if deployment.debug or deployment.demo:
        return list(_open_to_others(deployment))
    return [
        *_secret_key(deployment),
        *_hosts(deployment),
        *_https(deployment),
        *_servers(deployment),
        *_mail(deployment),
        *_files(deployment),
    ]


def _open_to_others(deployment: Deployment) -> Iterator[str]:
    if not (is_public(deployment.allowed_hosts) or deployment.https):
        return
    for name, on in (("DEMO", deployment.demo), ("DEBUG", deployment.debug)):
        if on:
            yield told(
                f"{name} est activé alors que ALLOWED_HOSTS ou HTTPS ouvre le site à d’autres machines : "
                f"retirez {name}, qui n’est fait que pour 127.0.0.1.",
                f"{name} is on while ALLOWED_HOSTS or HTTPS opens the site to other machines: remove {name}, "
                "which is made for 127.0.0.1 only.",
            )


def _secret_key(deployment: Deployment) -> Iterator[str]:
    key = deployment.secret_key
    command = "python -c 'import secrets; print(secrets.token_urlsafe(64))'"
    if not key:
        yield told(
            f"SECRET_KEY n’est pas définie : donnez-lui au moins {SHORTEST_KEY} caractères tirés au hasard "
            f"({command}).",
            f"SECRET_KEY is not set: give it {SHORTEST_KEY} random characters or more ({command}).",
        )
    elif len(key) < SHORTEST_KEY or len(set(key)) < FEWEST_CHARACTERS or key.lower().startswith(KNOWN_KEYS):
        yield told(
            f"SECRET_KEY est trop courte, trop simple ou connue de tous : donnez-lui au moins {SHORTEST_KEY} "
            f"caractères tirés au hasard ({command}).",
            f"SECRET_KEY is too short, too plain or known to everybody: give it {SHORTEST_KEY} random characters "
            f"or more ({command}).",
        )


def _hosts(deployment: Deployment) -> Iterator[str]:
    if "ALLOWED_HOSTS" not in deployment.given or not deployment.allowed_hosts:
        yield told(
            "ALLOWED_HOSTS est vide : donnez les noms sous lesquels le site est servi, par exemple "
            "ALLOWED_HOSTS=pilotage.exemple.fr.",
            "ALLOWED_HOSTS is empty: give the names under which the site is served, for instance "
            "ALLOWED_HOSTS=steering.example.com.",
        )
    elif "*" in deployment.allowed_hosts:
        yield told(
            "ALLOWED_HOSTS contient « * », qui laisse n’importe qui choisir le nom du site dans les liens envoyés : "
            "donnez les noms exacts.",
            "ALLOWED_HOSTS contains “*”, which lets anybody choose the site’s name in the links that are sent: "
            "give the exact names.",
        )


def _https(deployment: Deployment) -> Iterator[str]:
    address = urlsplit(deployment.base_url)
    if "BASE_URL" not in deployment.given or not address.hostname:
        yield told(
            "BASE_URL n’est pas définie : donnez l’adresse publique du site, par exemple "
            "BASE_URL=https://pilotage.exemple.fr.",
            "BASE_URL is not set: give the site’s public address, for instance BASE_URL=https://steering.example.com.",
        )
    elif not _is_served(address.hostname, deployment.allowed_hosts):
        yield told(
            f"BASE_URL mène à {address.hostname}, qui n’est pas dans ALLOWED_HOSTS : ajoutez-le à ALLOWED_HOSTS "
            "ou corrigez BASE_URL.",
            f"BASE_URL leads to {address.hostname}, which is not in ALLOWED_HOSTS: add it to ALLOWED_HOSTS "
            "or correct BASE_URL.",
        )
    if deployment.private_network:
        return
    if not deployment.https:
        yield told(
            "HTTPS n’est pas activé : mettez HTTPS=true derrière un mandataire qui termine TLS, ou "
            f"{PRIVATE}=true si ce réseau privé s’en passe.",
            "HTTPS is off: set HTTPS=true behind a proxy that ends TLS, or "
            f"{PRIVATE}=true if this private network does without.",
        )
    elif deployment.trusted_proxy_count < 1:
        yield told(
            "TRUSTED_PROXY_COUNT vaut 0 alors que HTTPS demande un mandataire : donnez le nombre de vos mandataires "
            "(1 avec docker-compose.yml), sans quoi tous partagent la même limite de connexions.",
            "TRUSTED_PROXY_COUNT is 0 while HTTPS needs a proxy: give the number of your proxies "
            "(1 with docker-compose.yml), or everybody shares one limit of sign-ins.",
        )
    if "BASE_URL" in deployment.given and address.scheme != "https":
        yield told(
            f"BASE_URL commence par {address.scheme or 'rien'} : donnez une adresse en https://, ou "
            f"{PRIVATE}=true si ce réseau privé s’en passe.",
            f"BASE_URL begins with {address.scheme or 'nothing'}: give an https:// address, or "
            f"{PRIVATE}=true if this private network does without.",
        )


def _is_served(host: str, allowed: tuple[str, ...]) -> bool:
    if not allowed or "*" in allowed:
        return True  # a problem of ALLOWED_HOSTS, told there
    return any(name == host or (name.startswith(".") and f".{host}".endswith(name)) for name in allowed)


def _servers(deployment: Deployment) -> Iterator[str]:
    for name, example in (
        ("DATABASE_URL", "postgresql://tech4value_app:…@postgres/tech4value"),
        ("REDIS_URL", "redis://:…@redis:6379/0"),
    ):
        if name not in deployment.given:
            yield told(
                f"{name} n’est pas définie : donnez l’adresse du serveur, par exemple {example}.",
                f"{name} is not set: give the server’s address, for instance {example}.",
            )
    user = deployment.database_user
    if "DATABASE_URL" in deployment.given and (user in SUPERUSERS or user == deployment.owner_user or not user):
        yield told(
            f"DATABASE_URL se connecte avec le rôle « {user} », superutilisateur ou propriétaire, que l’étanchéité "
            "entre entreprises n’arrête pas : donnez le rôle de l’application (tech4value_app).",
            f"DATABASE_URL connects as the role “{user}”, superuser or owner, which the separation of companies does "
            "not bind: give the application’s role (tech4value_app).",
        )


def _mail(deployment: Deployment) -> Iterator[str]:
    if not deployment.email_url:
        yield told(
            "EMAIL_URL n’est pas définie : donnez le serveur d’envoi, par exemple "
            "EMAIL_URL=smtp+tls://compte:motdepasse@smtp.exemple.fr:587.",
            "EMAIL_URL is not set: give the mail server, for instance "
            "EMAIL_URL=smtp+tls://account:password@smtp.example.com:587.",
        )
    elif urlsplit(deployment.email_url).scheme not in MAIL_SCHEMES:
        yield told(
            "EMAIL_URL n’envoie rien : donnez un serveur SMTP (smtp+tls://, smtp+ssl:// ou smtp://).",
            "EMAIL_URL sends nothing: give an SMTP server (smtp+tls://, smtp+ssl:// or smtp://).",
        )


def _files(deployment: Deployment) -> Iterator[str]:
    folder = deployment.media_root
    if not (folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)):
        yield told(
            f"MEDIA_ROOT ({folder}) n’est pas un dossier où ce compte peut écrire : créez-le ou "
            "donnez-lui ce dossier.",
            f"MEDIA_ROOT ({folder}) is not a folder that this account can write: create it or give it that folder.",
        )
