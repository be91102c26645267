"""What the pages share. Imports streamlit, never torch at the top."""
