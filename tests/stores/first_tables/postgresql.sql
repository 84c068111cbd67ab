CREATE EXTENSION vector;

CREATE TABLE roots (
    id BIGSERIAL NOT NULL,
    path TEXT COLLATE "C" NOT NULL,
    added_at TIMESTAMP WITHOUT TIME ZONE NOT NULL,
    CONSTRAINT pk_roots PRIMARY KEY (id),
    CONSTRAINT uq_roots_path UNIQUE (path)
);

CREATE TABLE places (
    id BIGSERIAL NOT NULL,
    key VARCHAR(64) NOT NULL,
    timezone VARCHAR(64) NOT NULL,
    city TEXT COLLATE "C",
    region TEXT COLLATE "C",
    country TEXT COLLATE "C",
    country_code TEXT COLLATE "C",
    local_city TEXT COLLATE "C",
    local_region TEXT COLLATE "C",
    local_country TEXT COLLATE "C",
    city_names TEXT COLLATE "C" NOT NULL,
    region_names TEXT COLLATE "C" NOT NULL,
    country_names TEXT COLLATE "C" NOT NULL,
    CONSTRAINT pk_places PRIMARY KEY (id),
    CONSTRAINT uq_places_key UNIQUE (key)
);

CREATE TABLE picture_texts (
    digest VARCHAR(64) NOT NULL,
    reader TEXT COLLATE "C" NOT NULL,
    read_at TIMESTAMP WITHOUT TIME ZONE NOT NULL,
    text TEXT COLLATE "C" NOT NULL,
    regions JSON NOT NULL,
    CONSTRAINT pk_picture_texts PRIMARY KEY (digest)
);

CREATE TABLE spaces (
    id BIGSERIAL NOT NULL,
    encoder TEXT COLLATE "C" NOT NULL,
    fingerprint VARCHAR(128) NOT NULL,
    dim INTEGER NOT NULL,
    created_at TIMESTAMP WITHOUT TIME ZONE NOT NULL,
    CONSTRAINT pk_spaces PRIMARY KEY (id),
    CONSTRAINT uq_spaces_fingerprint UNIQUE (fingerprint)
);

CREATE TABLE albums (
    id BIGSERIAL NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    description TEXT COLLATE "C" NOT NULL,
    folders JSON NOT NULL,
    encoder TEXT COLLATE "C" NOT NULL,
    searched_by TEXT COLLATE "C" NOT NULL,
    min_score FLOAT,
    max_results INTEGER,
    optimise BOOLEAN,
    created_at TIMESTAMP WITHOUT TIME ZONE NOT NULL,
    search TEXT COLLATE "C" DEFAULT '' NOT NULL,
    CONSTRAINT pk_albums PRIMARY KEY (id),
    CONSTRAINT uq_albums_name UNIQUE (name)
);

CREATE TABLE choices (
    name VARCHAR(64) NOT NULL,
    value TEXT COLLATE "C" NOT NULL,
    CONSTRAINT pk_choices PRIMARY KEY (name)
);

CREATE TABLE photos (
    id BIGSERIAL NOT NULL,
    root_id BIGINT NOT NULL,
    folder TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    size BIGINT NOT NULL,
    mtime_ns BIGINT NOT NULL,
    digest VARCHAR(64) NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    format VARCHAR(32) NOT NULL,
    frame_count INTEGER NOT NULL,
    taken_at TIMESTAMP WITHOUT TIME ZONE,
    offset_minutes INTEGER,
    precision VARCHAR(16),
    latitude FLOAT,
    longitude FLOAT,
    altitude FLOAT,
    city TEXT COLLATE "C",
    region TEXT COLLATE "C",
    country TEXT COLLATE "C",
    country_code TEXT COLLATE "C",
    camera TEXT COLLATE "C",
    lens TEXT COLLATE "C",
    exposure_seconds FLOAT,
    f_number FLOAT,
    iso INTEGER,
    focal_length FLOAT,
    focal_length_35mm FLOAT,
    title TEXT COLLATE "C",
    caption TEXT COLLATE "C",
    rating INTEGER,
    favourite BOOLEAN,
    generation JSON,
    sources JSON NOT NULL,
    added_at TIMESTAMP WITHOUT TIME ZONE NOT NULL,
    missing_since TIMESTAMP WITHOUT TIME ZONE,
    CONSTRAINT pk_photos PRIMARY KEY (id),
    CONSTRAINT uq_photos_root_id_folder_name UNIQUE (root_id, folder, name),
    CONSTRAINT fk_photos_root_id FOREIGN KEY(root_id) REFERENCES roots (id) ON DELETE CASCADE
);

CREATE INDEX ix_photos_favourite ON photos (favourite);

CREATE INDEX ix_photos_country ON photos (country);

CREATE INDEX ix_photos_latitude_longitude ON photos (latitude, longitude);

CREATE INDEX ix_photos_region ON photos (region);

CREATE INDEX ix_photos_camera ON photos (camera);

CREATE INDEX ix_photos_country_code ON photos (country_code);

CREATE INDEX ix_photos_digest ON photos (digest);

CREATE INDEX ix_photos_lens ON photos (lens);

CREATE INDEX ix_photos_city ON photos (city);

CREATE INDEX ix_photos_facts ON photos (frame_count, format, width, height, size, rating, iso, f_number, exposure_seconds, focal_length, focal_length_35mm, latitude, longitude, precision, taken_at, missing_since);

CREATE INDEX ix_photos_taken_at_id ON photos (taken_at, id);

CREATE INDEX ix_photos_added_at ON photos (added_at);

CREATE INDEX ix_photos_rating ON photos (rating);

CREATE INDEX ix_photos_size ON photos (size);

CREATE TABLE skipped (
    root_id BIGINT NOT NULL,
    folder TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    size BIGINT NOT NULL,
    mtime_ns BIGINT NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    at TIMESTAMP WITHOUT TIME ZONE NOT NULL,
    CONSTRAINT pk_skipped PRIMARY KEY (root_id, folder, name),
    CONSTRAINT fk_skipped_root_id FOREIGN KEY(root_id) REFERENCES roots (id) ON DELETE CASCADE
);

CREATE TABLE keywords (
    photo_id BIGINT NOT NULL,
    position INTEGER NOT NULL,
    keyword TEXT COLLATE "C" NOT NULL,
    CONSTRAINT pk_keywords PRIMARY KEY (photo_id, position),
    CONSTRAINT fk_keywords_photo_id FOREIGN KEY(photo_id) REFERENCES photos (id) ON DELETE CASCADE
);

CREATE INDEX ix_keywords_keyword_photo_id ON keywords (keyword, photo_id);

CREATE TABLE photo_places (
    photo_id BIGINT NOT NULL,
    place_id BIGINT,
    CONSTRAINT pk_photo_places PRIMARY KEY (photo_id),
    CONSTRAINT fk_photo_places_photo_id FOREIGN KEY(photo_id) REFERENCES photos (id) ON DELETE CASCADE,
    CONSTRAINT fk_photo_places_place_id FOREIGN KEY(place_id) REFERENCES places (id) ON DELETE CASCADE
);

CREATE INDEX ix_photo_places_place_id_photo_id ON photo_places (place_id, photo_id);

CREATE TABLE people (
    photo_id BIGINT NOT NULL,
    position INTEGER NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    CONSTRAINT pk_people PRIMARY KEY (photo_id, position),
    CONSTRAINT fk_people_photo_id FOREIGN KEY(photo_id) REFERENCES photos (id) ON DELETE CASCADE
);

CREATE INDEX ix_people_name_photo_id ON people (name, photo_id);

CREATE TABLE colours (
    photo_id BIGINT NOT NULL,
    colour VARCHAR(16) NOT NULL,
    share FLOAT NOT NULL,
    CONSTRAINT pk_colours PRIMARY KEY (photo_id, colour),
    CONSTRAINT fk_colours_photo_id FOREIGN KEY(photo_id) REFERENCES photos (id) ON DELETE CASCADE
);

CREATE INDEX ix_colours_colour_share_photo_id ON colours (colour, share, photo_id);

CREATE TABLE edits (
    id BIGSERIAL NOT NULL,
    photo_id BIGINT,
    digest VARCHAR(64) NOT NULL,
    said JSON NOT NULL,
    beneath JSON NOT NULL,
    edited_at TIMESTAMP WITHOUT TIME ZONE NOT NULL,
    CONSTRAINT pk_edits PRIMARY KEY (id),
    CONSTRAINT uq_edits_photo_id UNIQUE (photo_id),
    CONSTRAINT fk_edits_photo_id FOREIGN KEY(photo_id) REFERENCES photos (id) ON DELETE SET NULL
);

CREATE INDEX ix_edits_digest ON edits (digest);

CREATE TABLE frames (
    id BIGSERIAL NOT NULL,
    photo_id BIGINT NOT NULL,
    position INTEGER NOT NULL,
    time_ms INTEGER,
    CONSTRAINT pk_frames PRIMARY KEY (id),
    CONSTRAINT uq_frames_photo_id_position UNIQUE (photo_id, position),
    CONSTRAINT fk_frames_photo_id FOREIGN KEY(photo_id) REFERENCES photos (id) ON DELETE CASCADE
);

CREATE TABLE album_photos (
    album_id BIGINT NOT NULL,
    photo_id BIGINT NOT NULL,
    CONSTRAINT pk_album_photos PRIMARY KEY (album_id, photo_id),
    CONSTRAINT fk_album_photos_album_id FOREIGN KEY(album_id) REFERENCES albums (id) ON DELETE CASCADE,
    CONSTRAINT fk_album_photos_photo_id FOREIGN KEY(photo_id) REFERENCES photos (id) ON DELETE CASCADE
);

CREATE INDEX ix_album_photos_photo_id ON album_photos (photo_id);

CREATE TABLE vectors (
    id BIGSERIAL NOT NULL,
    space_id BIGINT NOT NULL,
    frame_id BIGINT NOT NULL,
    "vector" HALFVEC NOT NULL,
    CONSTRAINT pk_vectors PRIMARY KEY (id),
    CONSTRAINT uq_vectors_space_id_frame_id UNIQUE (space_id, frame_id),
    CONSTRAINT fk_vectors_space_id FOREIGN KEY(space_id) REFERENCES spaces (id) ON DELETE CASCADE,
    CONSTRAINT fk_vectors_frame_id FOREIGN KEY(frame_id) REFERENCES frames (id) ON DELETE CASCADE
);

CREATE INDEX ix_vectors_frame_id ON vectors (frame_id);

ALTER TABLE vectors ALTER COLUMN vector SET STORAGE PLAIN;

CREATE TABLE photo_words (
    photo_id BIGINT NOT NULL REFERENCES photos ON DELETE CASCADE,
    weight DOUBLE PRECISION NOT NULL,
    words TEXT[] COLLATE "C" NOT NULL,
    PRIMARY KEY (photo_id, weight)
);

CREATE INDEX ix_photo_words_words ON photo_words USING gin (words);

CREATE TABLE foldings (
    digest VARCHAR(32) COLLATE "C" PRIMARY KEY,
    folded TEXT COLLATE "C" NOT NULL
);

CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY);

INSERT INTO alembic_version VALUES ('0009');
