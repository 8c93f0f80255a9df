"""`sightline login` and `logout`."""

import getpass
import sys
from argparse import Namespace

from sightline.client.access.user_pool import NewPasswordRequired
from sightline.client.client import Client
from sightline.client.problem import Problem
from sightline.commands.arguments import Commands
from sightline.output.json_lines import print_json
from sightline.output.text import print_line


def register(commands: Commands) -> None:
    """Add the commands."""
    about = "sign in at a deployment with sign-in, and keep the tokens in a file that you alone can read"
    parser = commands.add("login", login, about, "ada@example.com")
    parser.add_argument("user", nargs="?", help="e-mail address (default: it is asked for)")
    commands.add("logout", logout, "revoke the tokens of sightline login and delete them")


def login(client: Client, arguments: Namespace) -> int:
    """Ask for what is missing, sign in and print the user; a password is read from stdin if it is no terminal."""
    user = arguments.user or _line("E-mail address: ")
    password = _secret("Password: ")
    try:
        client.sign_in(user, password)
    except NewPasswordRequired as required:
        print(required.detail, file=sys.stderr)
        client.sign_in(user, password, new_password=_new_password())
    return _print_user(client, "signed in", user, machine=arguments.json)


def logout(client: Client, arguments: Namespace) -> int:
    """Sign out and print the user, or that nobody was signed in."""
    user = client.sign_out()
    if user is None:
        print_line("Nobody was signed in.")
        return 0
    return _print_user(client, "signed out", user, machine=arguments.json)


def _print_user(client: Client, status: str, user: str, *, machine: bool) -> int:
    if machine:
        print_json({"user": user, "api": client.endpoint.url, "status": status})
    else:
        print_line(f"{user} is {status} at {client.endpoint.url}")
    return 0


def _new_password() -> str:
    password = _secret("New password: ")
    if sys.stdin.isatty() and _secret("The same again: ") != password:
        raise Problem("passwords_differ", "The two passwords differ; nothing was changed.")
    return password


def _secret(prompt: str) -> str:
    """Read a password without showing it; from a pipe, the next line."""
    return getpass.getpass(prompt, sys.stderr) if sys.stdin.isatty() else _line("")


def _line(prompt: str) -> str:
    print(prompt, end="", file=sys.stderr, flush=True)
    try:
        return input()
    except EOFError:
        raise Problem("no_password", "There is no terminal to ask, and nothing on stdin.") from None
