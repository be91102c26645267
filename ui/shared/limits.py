"""What this software is not for, as pages and reports say it."""

LIMITS = """\
- Not a medical device, and not tested as one: no output is a diagnosis.
- Trained on a few thousand films of one hospital at 128 px: small nodules, fine lines and rare
  findings are beyond it.
- Made for frontal films of adults. Other pictures are refused and side views refused or warned
  about by their distance from the training films, which is no guarantee.
- A probability here is how often such a score goes with the label among the validation films, not
  how likely a patient has the disease.
- Uploads stay in the memory of the machine that runs this; nothing is written or sent.
"""
