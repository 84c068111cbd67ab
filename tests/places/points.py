"""Points whose true place is known, most of them where the nearest centre is the wrong answer.

Each was read off a map: what, latitude, longitude, country, region, city. Where people would call
the city one of two things, both are listed; "" says that there is none.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Known(NamedTuple):
    what: str
    latitude: float
    longitude: float
    code: str
    region: str
    cities: tuple[str, ...]


def _known(
    what: str, latitude: float, longitude: float, code: str, region: str, *cities: str
) -> Known:
    return Known(what, latitude, longitude, code, region, cities or ("",))


POINTS: Final = (
    # Three countries and one city at the Rhine.
    _known("Basel, cathedral", 47.5564, 7.5925, "CH", "Basel-City", "Basel"),
    _known("Weil am Rhein, Vitra campus", 47.6016, 7.6183, "DE", "Baden-Württemberg",
           "Weil am Rhein"),
    _known("Weil am Rhein, Leopoldshöhe", 47.5935, 7.6010, "DE", "Baden-Württemberg",
           "Weil am Rhein"),
    _known("Saint-Louis, town hall", 47.5876, 7.5600, "FR", "Grand-Est", "Saint-Louis"),
    _known("Huningue", 47.5915, 7.5835, "FR", "Grand-Est", "Huningue"),
    _known("Lörrach", 47.6149, 7.6645, "DE", "Baden-Württemberg", "Lörrach"),
    _known("Geneva, jet d'eau", 46.2074, 6.1559, "CH", "Geneva", "Geneva"),
    _known("Annemasse, station", 46.1995, 6.2365, "FR", "Auvergne-Rhône-Alpes", "Annemasse"),
    _known("Strasbourg, cathedral", 48.5818, 7.7510, "FR", "Grand-Est", "Strasbourg"),
    _known("Kehl, market", 48.5731, 7.8090, "DE", "Baden-Württemberg", "Kehl"),
    _known("Büsingen, a German exclave", 47.6970, 8.6900, "DE", "Baden-Württemberg",
           "Büsingen am Hochrhein", "Büsingen"),
    _known("Schaffhausen beside it", 47.6965, 8.6340, "CH", "Schaffhausen", "Schaffhausen"),
    _known("Konstanz, minster", 47.6634, 9.1758, "DE", "Baden-Württemberg", "Konstanz"),
    _known("Kreuzlingen", 47.6458, 9.1750, "CH", "Thurgau", "Kreuzlingen"),
    # Enclaves.
    _known("Baarle-Hertog, Belgian parcel", 51.4406, 4.9300, "BE", "Flanders", "Baarle-Hertog"),
    _known("Baarle-Nassau", 51.4459, 4.9245, "NL", "North Brabant", "Baarle-Nassau"),
    _known("Llívia, Spanish exclave", 42.4645, 1.9812, "ES", "Catalonia", "Llívia", "Llivia"),
    _known("Campione d'Italia", 45.9700, 8.9713, "IT", "Lombardy", "Campione d'Italia", "Campione"),
    _known("Lugano across the lake", 46.0037, 8.9511, "CH", "Ticino", "Lugano"),
    _known("Ceuta", 35.8883, -5.3162, "ES", "Ceuta", "Ceuta"),
    _known("Vatican, St. Peter's", 41.9022, 12.4534, "VA", "", "Vatican City"),
    _known("Rome, Castel Sant'Angelo", 41.9031, 12.4663, "IT", "Lazio", "Rome"),
    _known("San Marino, Guaita", 43.9347, 12.4502, "SM", "San Marino", "San Marino",
           "City of San Marino"),
    _known("Monaco, casino", 43.7392, 7.4280, "MC", "Monaco", "Monte-Carlo", "Monaco",
           "Monte Carlo"),
    _known("Beausoleil above it", 43.7440, 7.4215, "FR", "Provence-Alpes-Côte d'Azur",
           "Beausoleil"),
    _known("Maseru", -29.3142, 27.4833, "LS", "Maseru", "Maseru"),
    _known("Gibraltar, Casemates", 36.1445, -5.3533, "GI", "", "Gibraltar"),
    _known("La Línea", 36.1650, -5.3480, "ES", "Andalusia", "La Línea de la Concepción"),
    # Rivers and fences.
    _known("San Diego, San Ysidro", 32.5550, -117.0430, "US", "California", "San Diego",
           "San Ysidro"),
    _known("Tijuana, arch", 32.5361, -117.0370, "MX", "Baja California", "Tijuana"),
    _known("Niagara Falls, Ontario", 43.0799, -79.0787, "CA", "Ontario", "Niagara Falls"),
    _known("Niagara Falls, New York", 43.0828, -79.0690, "US", "New York", "Niagara Falls"),
    _known("Detroit, Hart Plaza", 42.3277, -83.0440, "US", "Michigan", "Detroit"),
    _known("Windsor, Ouellette", 42.3180, -83.0390, "CA", "Ontario", "Windsor"),
    _known("El Paso, centre", 31.7590, -106.4880, "US", "Texas", "El Paso"),
    _known("Ciudad Juárez, cathedral", 31.7390, -106.4870, "MX", "Chihuahua", "Ciudad Juárez"),
    _known("Hong Kong, Lok Ma Chau", 22.5140, 114.0660, "HK", "Yuen Long", "*"),
    _known("Shenzhen, Luohu", 22.5460, 114.1210, "CN", "Guangdong", "Shenzhen"),
    _known("Macau, St. Paul's", 22.1975, 113.5408, "MO", "", "Macau"),
    _known("Zhuhai, Gongbei", 22.2200, 113.5500, "CN", "Guangdong", "Zhuhai", "Xiangzhou"),
    _known("Johor Bahru", 1.4620, 103.7640, "MY", "Johor", "Johor Bahru"),
    _known("Singapore, Merlion", 1.2868, 103.8545, "SG", "", "Singapore"),
    _known("Kinshasa", -4.3033, 15.3105, "CD", "Kinshasa", "Kinshasa"),
    _known("Brazzaville", -4.2690, 15.2712, "CG", "Brazzaville", "Brazzaville"),
    _known("Copenhagen, Nyhavn", 55.6797, 12.5908, "DK", "Capital Region", "Copenhagen"),
    _known("Malmö", 55.6059, 13.0007, "SE", "Skåne", "Malmö"),
    _known("Victoria Falls, Zimbabwe", -17.9310, 25.8300, "ZW", "Matabeleland North",
           "Victoria Falls"),
    _known("Livingstone, Zambia", -17.8530, 25.8610, "ZM", "Southern", "Livingstone"),
    _known("Foz do Iguaçu", -25.5400, -54.5850, "BR", "Paraná", "Foz do Iguaçu"),
    _known("Ciudad del Este", -25.5090, -54.6110, "PY", "Alto Paraná", "Ciudad del Este"),
    _known("Nicosia, south", 35.1700, 33.3600, "CY", "Nicosia", "Nicosia"),
    _known("Pristina", 42.6629, 21.1655, "XK", "Pristina", "Pristina"),
    _known("Niš", 43.3209, 21.8958, "RS", "Nišavski okrug", "Niš"),
    # Cities and their parts.
    _known("Berlin, Kreuzberg", 52.4990, 13.4030, "DE", "Berlin", "Berlin"),
    _known("Berlin, Köpenick", 52.4455, 13.5745, "DE", "Berlin", "Berlin"),
    _known("Potsdam, Sanssouci", 52.4040, 13.0385, "DE", "Brandenburg", "Potsdam"),
    _known("Paris, Montmartre", 48.8867, 2.3431, "FR", "Île-de-France", "Paris"),
    _known("Saint-Denis, basilica", 48.9354, 2.3598, "FR", "Île-de-France", "Saint-Denis"),
    _known("Versailles, palace", 48.8049, 2.1204, "FR", "Île-de-France", "Versailles"),
    _known("London, Croydon", 51.3762, -0.0982, "GB", "England", "London", "Croydon"),
    _known("London, Greenwich", 51.4769, -0.0005, "GB", "England", "London"),
    _known("New York, Times Square", 40.7580, -73.9855, "US", "New York", "New York City"),
    _known("Jersey City", 40.7178, -74.0431, "US", "New Jersey", "Jersey City"),
    _known("Los Angeles, Hollywood", 34.1016, -118.3267, "US", "California", "Los Angeles"),
    _known("Pasadena, city hall", 34.1478, -118.1445, "US", "California", "Pasadena"),
    _known("Santa Monica, pier", 34.0094, -118.4973, "US", "California", "Santa Monica"),
    _known("Tokyo, Shibuya crossing", 35.6595, 139.7005, "JP", "Tokyo", "Tokyo", "Shibuya"),
    _known("Yokohama, Minato Mirai", 35.4560, 139.6310, "JP", "Kanagawa", "Yokohama"),
    _known("Kyoto, Kinkaku-ji", 35.0394, 135.7292, "JP", "Kyoto", "Kyoto"),
    _known("Kyoto, Gion", 35.0037, 135.7751, "JP", "Kyoto", "Kyoto"),
    _known("Shanghai, Pudong", 31.2397, 121.4998, "CN", "Shanghai", "Shanghai"),
    _known("Florence, Uffizi", 43.7678, 11.2553, "IT", "Tuscany", "Florence"),
    _known("Fiesole above it", 43.8065, 11.2935, "IT", "Tuscany", "Fiesole"),
    _known("Mexico City, Coyoacán", 19.3500, -99.1620, "MX", "Mexico City", "Mexico City"),
    _known("Munich, Schwabing", 48.1640, 11.5850, "DE", "Bavaria", "Munich"),
    _known("Istanbul, Kadıköy", 40.9900, 29.0270, "TR", "Istanbul", "Istanbul", "Kadıköy"),
    # Islands, seas, deserts.
    _known("middle of the Atlantic", 0.0, -30.0, "", ""),
    _known("middle of the Pacific", 10.0, -150.0, "", ""),
    _known("Mediterranean, between Corsica and France", 43.0, 8.2, "", ""),
    _known("Null Island", 0.0, 0.0, "", ""),
    _known("Helgoland", 54.1815, 7.8860, "DE", "Schleswig-Holstein", "Helgoland"),
    _known("Easter Island, Hanga Roa", -27.1500, -109.4300, "CL", "Valparaíso", "Hanga Roa"),
    _known("Pitcairn", -25.0660, -130.1015, "PN", "", "Adamstown"),
    _known("Longyearbyen", 78.2232, 15.6267, "SJ", "Svalbard", "Longyearbyen"),
    _known("Sahara, Tanezrouft", 24.0, -1.0, "DZ", "Adrar"),
    _known("Simpson Desert", -25.0, 137.0, "AU", "Northern Territory"),
    _known("Antarctica, inland", -80.0, 20.0, "AQ", ""),
    _known("Greenland, ice sheet", 72.0, -40.0, "GL", "*"),
    _known("Yosemite, valley", 37.7456, -119.5936, "US", "California", "Yosemite Valley"),
    _known("Fiji, beyond 180 degrees", -16.7800, -179.9900, "FJ", "Northern", "*"),
)  # fmt: skip
"""The points the method was made with."""

FRESH: Final = (
    _known("Trieste, Piazza Unità", 45.6500, 13.7680, "IT", "Friuli Venezia Giulia", "Trieste"),
    _known("Nova Gorica, station", 45.9554, 13.6352, "SI", "*", "Nova Gorica"),
    _known("Gorizia, castle", 45.9440, 13.6270, "IT", "*", "Gorizia"),
    _known("Aachen, cathedral", 50.7747, 6.0839, "DE", "North Rhine-Westphalia", "Aachen"),
    _known("Vaals, border hill", 50.7560, 6.0190, "NL", "Limburg", "Vaals"),
    _known("Görlitz, old town", 51.1560, 14.9900, "DE", "Saxony", "Görlitz"),
    _known("Zgorzelec", 51.1500, 15.0080, "PL", "Lower Silesia", "Zgorzelec"),
    _known("Bratislava, castle", 48.1421, 17.1001, "SK", "*", "Bratislava"),
    _known("Haparanda", 65.8350, 24.1370, "SE", "*", "Haparanda"),
    _known("Tornio", 65.8480, 24.1460, "FI", "*", "Tornio"),
    _known("Narva, castle", 59.3755, 28.2010, "EE", "*", "Narva"),
    _known("Ivangorod, fortress", 59.3743, 28.2080, "RU", "*", "Ivangorod"),
    _known("Derry", 54.9966, -7.3086, "GB", "Northern Ireland", "Derry", "Londonderry"),
    _known("Brownsville", 25.9017, -97.4975, "US", "Texas", "Brownsville"),
    _known("Matamoros", 25.8797, -97.5040, "MX", "Tamaulipas", "Heroica Matamoros", "Matamoros"),
    _known("Aqaba", 29.5320, 35.0060, "JO", "*", "Aqaba"),
    _known("Eilat", 29.5500, 34.9500, "IL", "*", "Eilat"),
    _known("Vienna, Schönbrunn", 48.1849, 16.3122, "AT", "Vienna", "Vienna"),
    _known("Prague, Charles Bridge", 50.0865, 14.4114, "CZ", "Prague", "Prague"),
    _known("Barcelona, Sagrada Família", 41.4036, 2.1744, "ES", "Catalonia", "Barcelona"),
    _known("L'Hospitalet de Llobregat", 41.3597, 2.0997, "ES", "Catalonia",
           "L'Hospitalet de Llobregat"),
    _known("Lisbon, Belém tower", 38.6916, -9.2160, "PT", "Lisbon", "Lisbon"),
    _known("Sydney, opera house", -33.8568, 151.2153, "AU", "New South Wales", "Sydney"),
    _known("Seoul, Gangnam", 37.4979, 127.0276, "KR", "Seoul", "Seoul"),
    _known("Delhi, Red Fort", 28.6562, 77.2410, "IN", "*", "Delhi", "New Delhi"),
    _known("Noida", 28.5700, 77.3260, "IN", "Uttar Pradesh", "Noida"),
    _known("São Paulo, Avenida Paulista", -23.5614, -46.6559, "BR", "São Paulo", "São Paulo"),
    _known("Osaka, castle", 34.6873, 135.5262, "JP", "Osaka", "Osaka"),
    _known("Kobe, harbour", 34.6820, 135.1890, "JP", "Hyōgo", "Kobe"),
    _known("Beijing, Forbidden City", 39.9163, 116.3972, "CN", "Beijing", "Beijing"),
    _known("Cairo, Tahrir", 30.0444, 31.2357, "EG", "Cairo", "Cairo"),
    _known("Giza, pyramids", 29.9792, 31.1342, "EG", "*", "Giza", "Al Jīzah"),
    _known("Manhattan seen from Brooklyn Bridge Park", 40.7003, -73.9967, "US", "New York",
           "New York City", "Brooklyn"),
    _known("Cambridge, Massachusetts, Harvard", 42.3744, -71.1169, "US", "Massachusetts",
           "Cambridge"),
    _known("Oakland, lake", 37.8044, -122.2580, "US", "California", "Oakland"),
    _known("Sausalito", 37.8591, -122.4853, "US", "California", "Sausalito"),
    _known("Murano", 45.4585, 12.3520, "IT", "Veneto", "Murano", "Venice"),
    _known("Santorini, Oia", 36.4618, 25.3753, "GR", "*", "Oía", "Oia"),
    _known("Tórshavn", 62.0107, -6.7741, "FO", "*", "Tórshavn"),
    _known("Uluru", -25.3444, 131.0369, "AU", "Northern Territory", "Yulara"),
)  # fmt: skip
"""Points that were written down after the method was settled, and asked once."""
