from tests.api.site import any_site, app_on, site
from tests.api.world import january, november, told

__all__ = ["any_site", "app_on", "january", "november", "site", "told"]
