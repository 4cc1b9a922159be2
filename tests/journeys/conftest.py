from tests.api.site import any_site, empty_file, site

__all__ = ["any_site", "empty_file", "site"]
