from tests.api.site import any_site, app_on, site

__all__ = ["any_site", "app_on", "site"]
