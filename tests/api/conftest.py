from tests.api.site import any_site, empty_file, site
from tests.api.world import january, november, told

__all__ = ["any_site", "empty_file", "january", "november", "site", "told"]
