"""Eight weeks of a larger shift, so that the pages of quality have something to tell; made while the desk serves."""
