"""What all networks share: a trunk, global average pooling and one linear layer.

Because the head is linear, the score of a finding is the mean of its map plus a bias
(Zhou et al., Learning deep features for discriminative localization, CVPR 2016).
"""

from torch import Tensor, nn

from core.findings import NAMES

Trunk = tuple[nn.Module, int]


class FilmNetwork(nn.Module):
    """Grey films in, 14 logits out; `grid` gives the last feature maps as well."""

    def __init__(self, trunk: nn.Module, channels: int, dropout: float = 0.2) -> None:
        super().__init__()
        self.features = trunk
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(channels, len(NAMES))

    def grid(self, films: Tensor) -> Tensor:
        """Feature maps, N x C x h x w, of films (N x 1 x size x size in [-1, 1])."""
        return self.features(films)

    def classify(self, grid: Tensor) -> Tensor:
        """Logits, N x 14, of feature maps."""
        return self.head(self.dropout(grid.mean((2, 3))))

    def forward(self, films: Tensor) -> Tensor:
        return self.classify(self.grid(films))
