"""用法 — how the help of a command reads: by the name that is typed, in the reader's language, with examples."""

import gettext
import os
import textwrap
from argparse import SUPPRESS, ArgumentParser, RawDescriptionHelpFormatter, _SubParsersAction
from collections.abc import Callable
from typing import Any

from django.core.management import get_commands, load_command_class
from django.core.management.base import BaseCommand, CommandParser

from luoshi.site import contents

Translate = Callable[[str], str]

# Switches that Django gives every command. They work, and “luoshi django help NAME” shows them.
DJANGOS = {"--version", "--verbosity", "--settings", "--pythonpath", "--traceback", "--no-color", "--force-color"}
DJANGOS |= {"--skip-checks"}


def _(msgid: str) -> str:
    """Marks a sentence for the catalogue."""
    return msgid


# What argparse says. It asks gettext for its words, which `speak` leads to our catalogue.
OF_ARGPARSE = (
    _("usage: "),
    _("positional arguments"),
    _("options"),
    _("show this help message and exit"),
    _("%(prog)s: error: %(message)s\n"),
    _("argument %(argument_name)s: %(message)s"),
    _("the following arguments are required: %s"),
    _("unrecognized arguments: %s"),
    _("invalid %(type)s value: %(value)r"),
    _("invalid choice: %(value)r (choose from %(choices)s)"),
    _("expected one argument"),
    _("expected at least one argument"),
    _("ambiguous option: %(option)s could match %(matches)s"),
    _("not allowed with argument %s"),
    _("ignored explicit argument %r"),
)


def speak(language: str) -> None:
    """From here on argparse speaks this language."""
    os.environ["LANGUAGE"] = {"zh-hans": "zh_Hans"}.get(language, language)
    gettext.bindtextdomain("django", contents.PACKAGE / "site" / "locale")
    gettext.textdomain("django")


def taught(name: str, translate: Translate) -> BaseCommand:
    """Our command of this name, whose help teaches."""
    file = contents.FILES.get(name, name)
    command = load_command_class(get_commands()[file], file)
    plain = command.create_parser

    def create_parser(prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        parser: CommandParser = plain(prog_name, subcommand, **kwargs)
        _dress(parser)
        if f"luoshi {name}" not in (parser.description or ""):
            parser.epilog = _examples(contents.commands()[name], translate)
        return parser

    command.create_parser = create_parser  # type: ignore[method-assign]
    return command


def _dress(parser: ArgumentParser) -> None:
    parser.formatter_class = RawDescriptionHelpFormatter
    parser.description = _folded(str(parser.description or ""))
    for action in parser._actions:
        if DJANGOS & set(action.option_strings):
            action.help = SUPPRESS
        elif isinstance(action, _SubParsersAction):
            for verb in action.choices.values():
                _dress(verb)


def _folded(text: str) -> str:
    """One long line of words between spaces, folded. What has lines of its own keeps them; Chinese the terminal folds."""
    return textwrap.fill(text, 79) if " " in text and "\n" not in text else text


def _examples(command: contents.Command, translate: Translate) -> str:
    lines = [translate(_("Examples:")), f"  $ {command.example}"]
    for example, says in command.more:
        lines += [f"  $ {example}", f"      {translate(says)}"]
    return "\n".join(lines)
