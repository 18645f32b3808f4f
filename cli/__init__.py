"""The command line: one file per verb, thin, generic over the model registry."""

from __future__ import annotations

import os
import sys
import warnings
from importlib import import_module

import click

if __name__ != "energymodels.cli":
    raise ImportError("this folder is the package energymodels.cli; import it by that name")

VERBS = {
    "cite": "Print BibTeX of what a result rests on.",
    "claims": "Manufacturers' claims against physics.",
    "compare": "Compare a model with its reference backend on the same spec.",
    "data": "Show the data that come with the package, with their sources.",
    "describe": "Show a model's fields and outputs: unit, range, default, meaning.",
    "fastcharge": "How fast a cell can be charged within its limits.",
    "metal-budget": "Metal budget: metal concentrations that cause a given efficiency loss.",
    "models": "List the models.",
    "plot": "Draw a result file: lines or a heat map.",
    "records": "Compare the models with certified record cells.",
    "rerun": "Make a result again from what lies in it.",
    "run": "Run one case.",
    "specs": "List the bundled specs.",
    "study": "Run a bundled study: a sweep, a file, a figure.",
    "sweep": "Sweep fields of a spec into a file.",
}
RENAMED = {"tolerance": "metal-budget"}  # old verb: new one

STOPPED = 130  # exit status: Ctrl-C
COMPLETE = "_ENERGYMODELS_COMPLETE"
COMPLETION = (
    f'Fields, values and specs complete in the shell: eval "$({COMPLETE}=bash_source energymodels)", or '
    f"zsh_source, fish_source."
)


class Verbs(click.Group):
    """Loads a verb's file only when it is called, and turns input errors into one message and
    exit status 2.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in VERBS:
            return None
        command = import_module(f"energymodels.cli.{cmd_name.replace('-', '_')}").command
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] in RENAMED:
            args = [_renamed(ctx, args[0]), *args[1:]]
        if args and args[0] not in VERBS and not args[0].startswith("-"):
            from energymodels.core.errors import unknown

            raise click.UsageError(str(unknown("command", args[0], VERBS)))
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(sorted(VERBS.items()))

    def invoke(self, ctx: click.Context) -> object:
        from energymodels.core.errors import InputError, NoteWarning, told

        said: set[str] = set()

        def say(message: object, *_: object, **__: object) -> None:
            if str(message) not in said:
                said.add(str(message))
                click.echo(f"note: {told(str(message))}", err=True)

        with warnings.catch_warnings():
            warnings.simplefilter("always", NoteWarning)
            warnings.showwarning = say
            try:
                return super().invoke(ctx)
            except InputError as error:
                messages = error.lines
            except KeyboardInterrupt:
                click.echo("stopped", err=True)
                sys.exit(STOPPED)
            except click.UsageError as error:
                error.message = told(error.message)  # type: ignore[misc]  # a message repeats what was typed
                raise
            except BrokenPipeError:  # whoever reads has enough: click ends in silence
                raise
            except OSError as error:
                messages = [told(str(error))]
            except MemoryError as error:
                messages = [f"not enough memory: {error}; sweep fewer cases or keep fewer outputs"]
        for message in messages:
            click.echo(f"error: {message}", err=True)
        sys.exit(2)


def _renamed(ctx: click.Context, verb: str) -> str:
    """Return what an old verb is called now, and say so unless the shell only asks how a line goes on."""
    from energymodels.core.errors import warn_renamed

    if not ctx.resilient_parsing:
        warn_renamed(f"energymodels {verb}", f"energymodels {RENAMED[verb]}")
    return RENAMED[verb]


def _show_version(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    if value:
        import energymodels

        click.echo(f"energymodels {energymodels.__version__}")
        ctx.exit()


if COMPLETE in os.environ:  # the shell asks
    from energymodels.cli.completion import register

    register()


@click.group(cls=Verbs, epilog=COMPLETION, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help="Show the version and exit.",
)
def main() -> None:
    """Predict how well solar cells and batteries perform from what they are made of."""
