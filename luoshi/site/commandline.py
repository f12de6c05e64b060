"""`luoshi` — all commands behind one name.

Exit codes, the same for every command (docs/operations.md):
    0  done, and all is well
    1  done, and something is not as it should be, or refused with a reason
    2  used wrongly: unknown command, missing or impossible argument
    3  cannot work here: the home, the database or the port is not usable
  130  interrupted
"""

import difflib
import gettext
import locale
import os
import sys
from collections.abc import Callable
from io import TextIOWrapper

import django
from django.core.management import CommandError, ManagementUtility
from django.db.utils import OperationalError, ProgrammingError
from django.utils.translation import activate

from luoshi import __version__
from luoshi.reports.textcheck import __main__ as textcheck
from luoshi.site import contents, helping, home

ALL_WELL, NOT_AS_IT_SHOULD_BE, USED_WRONGLY, CANNOT_WORK_HERE, INTERRUPTED = 0, 1, 2, 3, 130

Translate = Callable[[str], str]


def main(arguments: list[str] | None = None) -> None:
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that cannot show Chinese must not end the program
    try:
        sys.exit(run(sys.argv[1:] if arguments is None else arguments))
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except BrokenPipeError:  # `luoshi … | head`: the reader has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(ALL_WELL)


def run(arguments: list[str]) -> int:
    language, arguments = chosen_language(arguments)
    _ = translation(language)
    if not arguments or arguments[0] in ("-h", "--help") or arguments == ["help"]:
        sys.stdout.write(teach(_))
        return ALL_WELL
    if arguments[0] in ("-V", "--version", "version"):
        sys.stdout.write(f"luoshi {__version__}\n")
        return ALL_WELL
    name, *rest = arguments
    if name == "help":
        name, rest = rest[0], [*rest[1:], "--help"]
    if name == "django":
        return start_django(language, "luoshi django", rest or ["help"])
    if name not in contents.own_commands():
        sys.stderr.write(unknown(name, _))
        return USED_WRONGLY
    if name == "check" and "--read-only" in rest:
        return textcheck.main([each for each in rest if each != "--read-only"])
    return start_django(language, "luoshi", [name, "--traceback", *rest], own=True)


def chosen_language(arguments: list[str]) -> tuple[str, list[str]]:
    """The language to speak, and the arguments without `--lang`: that option, else the terminal's, else Chinese."""
    kept = list(arguments)
    chosen = ""
    for position, argument in enumerate(arguments):
        if argument == "--lang" and position + 1 < len(arguments):
            chosen = arguments[position + 1]
            del kept[position : position + 2]
            break
        if argument.startswith("--lang="):
            chosen = argument.removeprefix("--lang=")
            del kept[position]
            break
    variables = (os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    chosen = chosen or next((value for value in variables if value), "")
    if chosen.lower().startswith("en") or not shows_chinese():
        return "en", kept
    return "zh-hans", kept


def shows_chinese() -> bool:
    encoding = getattr(sys.stdout, "encoding", None) or locale.getpreferredencoding(False)
    try:
        "落实".encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def translation(language: str) -> Translate:
    """The room's own catalogue, read without Django."""
    name = {"zh-hans": "zh_Hans"}.get(language, language)
    catalogue = gettext.translation(
        "django", localedir=contents.PACKAGE / "site" / "locale", languages=[name], fallback=True
    )
    return catalogue.gettext


def teach(_: Translate) -> str:
    present = contents.own_commands()
    lines = [
        _("Luoshi carries a campaign through every level of an organisation, from a recorded fact to a checked report.")
    ]
    lines += ["", "  luoshi " + _("COMMAND") + " …       luoshi help " + _("COMMAND"), ""]
    for group, entries in contents.GROUPS:
        shown = [command for command in entries if command.name in present]
        if shown:
            lines.append(_(group))
            for command in shown:
                lines.append(f"  {command.name:<11}{_(command.says)}")
                lines.append(f"  {'':<11}$ {command.example}")
            lines.append("")
    lines += [
        _("Everywhere"),
        "  --as USER  " + _("act and see as this user; without it, commands show figures and no personal data"),
        "  --lang     " + _("zh or en; otherwise the terminal's language"),
        "  LUOSHI_HOME=" + str(home.place()) + "  " + _("the one folder in which all data live"),
        "  luoshi django …  " + _("Django's own commands"),
        "",
        _("Exit codes: 0 all is well; 1 something is not as it should be; 2 used wrongly; 3 cannot work here."),
        "",
    ]
    return "\n".join(lines)


def unknown(name: str, _: Translate) -> str:
    near = difflib.get_close_matches(name, sorted(contents.own_commands() | {"django", "help"}), n=3, cutoff=0.5)
    says = _("There is no command “%(name)s”.") % {"name": name}
    if near:
        says += " " + _("Did you mean: %(names)s?") % {"names": ", ".join(near)}
    return f"{says}\n" + _("“luoshi --help” lists all commands.") + "\n"


def start_django(language: str, program: str, arguments: list[str], *, own: bool = False) -> int:
    """Run one management command; an unusable home or database is told in words that say what to do.

    Our own commands are run with --traceback, which makes Django hand their CommandError up instead of printing it with
    its class name; somebody who gives --traceback gets it.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "luoshi.site.settings")
    _ = translation(language)
    try:
        django.setup()
        activate(language)  # before any command is loaded: commands translate their help where it stands
        if own:
            helping.speak(language)
            helping.taught(arguments[0], _).run_from_argv([program, *arguments])
        else:
            ManagementUtility([program, *arguments]).execute()
    except home.Unusable as error:
        says = _("The home folder cannot be used (%(cause)s). Set LUOSHI_HOME to a folder that you may write.")
        sys.stderr.write(says % {"cause": error} + "\n")
        return CANNOT_WORK_HERE
    except CommandError as error:
        if arguments.count("--traceback") > own:
            raise
        sys.stderr.write(f"{error}\n")
        return error.returncode
    except (OperationalError, ProgrammingError) as error:
        if arguments.count("--traceback") > own:
            raise
        says = _("The database cannot be used (%(cause)s). “luoshi doctor” says what is wrong; “luoshi up” sets it up.")
        sys.stderr.write(says % {"cause": str(error).strip()} + "\n")
        return CANNOT_WORK_HERE
    return ALL_WELL
