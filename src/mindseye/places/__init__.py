"""Places: a point -> country, region, city and time zone; a name -> the places so called.

The facts come from packages of the extra `places`. They are compiled once into a gazetteer, one
small file in the cache folder of the user, from which everything is answered.
"""
