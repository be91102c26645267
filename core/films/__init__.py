"""Films: bytes in, grey values out, and the road from any size to the base size."""
