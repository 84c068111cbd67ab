"""What users say of photos, written into the XMP files beside them when that is asked for."""
