"""`train --help`: its list of networks comes from the registry, which brings torch."""

from typing import Any

from typer.core import TyperArgument, TyperCommand


class TrainCommand(TyperCommand):
    """A command whose argument `network` is explained by the registry, read when help is asked."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        from core.networks.architectures import REGISTRY

        for parameter in self.params:
            if isinstance(parameter, TyperArgument) and parameter.name == "network":
                parameter.help = f"One of {', '.join(REGISTRY)}."
        super().format_help(ctx, formatter)
