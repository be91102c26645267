"""Reading films: one or many, and what a reading becomes as JSON, PDF and DICOM."""
