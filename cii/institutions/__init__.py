"""The institutions that work together: their sectors, units, regions, funding lines and agreements.

Owns: institutions, units and the regions they cover, funding lines with the shares of Confederation, canton
and communes, collaboration agreements and who signed them. All are loaded from the canton's directory file
(`config/canton/*.toml`) and only providers are added in the product. Source: product.md §1, §9 (LACI 85f
reciprocity). Dates are half-open: `valid_to` is the first day on which a row no longer holds.
"""
