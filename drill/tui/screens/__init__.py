"""The screens of the app, one file each. Those that are not needed for the first frame are imported when opened."""
