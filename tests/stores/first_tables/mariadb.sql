CREATE TABLE IF NOT EXISTS turns (id INT PRIMARY KEY, number BIGINT NOT NULL) ENGINE=InnoDB;

INSERT INTO turns VALUES (1, 1) ON DUPLICATE KEY UPDATE number = number;

CREATE TABLE roots (
    id BIGINT NOT NULL AUTO_INCREMENT,
    path VARCHAR(760) NOT NULL,
    added_at DATETIME(6) NOT NULL,
    CONSTRAINT pk_roots PRIMARY KEY (id),
    CONSTRAINT uq_roots_path UNIQUE (path)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

CREATE TABLE places (
    id BIGINT NOT NULL AUTO_INCREMENT,
    `key` VARCHAR(64) NOT NULL,
    timezone VARCHAR(64) NOT NULL,
    city LONGTEXT,
    region LONGTEXT,
    country LONGTEXT,
    country_code VARCHAR(255),
    local_city LONGTEXT,
    local_region LONGTEXT,
    local_country LONGTEXT,
    city_names LONGTEXT NOT NULL,
    region_names LONGTEXT NOT NULL,
    country_names LONGTEXT NOT NULL,
    CONSTRAINT pk_places PRIMARY KEY (id),
    CONSTRAINT uq_places_key UNIQUE (`key`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

CREATE TABLE picture_texts (
    digest VARCHAR(64) NOT NULL,
    reader LONGTEXT NOT NULL,
    read_at DATETIME(6) NOT NULL,
    text LONGTEXT NOT NULL,
    regions LONGTEXT NOT NULL,
    CONSTRAINT pk_picture_texts PRIMARY KEY (digest)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

CREATE TABLE spaces (
    id BIGINT NOT NULL AUTO_INCREMENT,
    encoder LONGTEXT NOT NULL,
    fingerprint VARCHAR(128) NOT NULL,
    dim INTEGER NOT NULL,
    created_at DATETIME(6) NOT NULL,
    CONSTRAINT pk_spaces PRIMARY KEY (id),
    CONSTRAINT uq_spaces_fingerprint UNIQUE (fingerprint)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

CREATE TABLE albums (
    id BIGINT NOT NULL AUTO_INCREMENT,
    name VARCHAR(255) NOT NULL,
    description LONGTEXT NOT NULL,
    folders LONGTEXT NOT NULL,
    encoder LONGTEXT NOT NULL,
    searched_by LONGTEXT NOT NULL,
    min_score DOUBLE,
    max_results INTEGER,
    optimise BOOL,
    created_at DATETIME(6) NOT NULL,
    search LONGTEXT NOT NULL DEFAULT '',
    CONSTRAINT pk_albums PRIMARY KEY (id),
    CONSTRAINT uq_albums_name UNIQUE (name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

CREATE TABLE choices (
    name VARCHAR(64) NOT NULL,
    value LONGTEXT NOT NULL,
    CONSTRAINT pk_choices PRIMARY KEY (name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

CREATE TABLE photos (
    id BIGINT NOT NULL AUTO_INCREMENT,
    root_id BIGINT NOT NULL,
    folder VARCHAR(500) NOT NULL,
    name VARCHAR(255) NOT NULL,
    size BIGINT NOT NULL,
    mtime_ns BIGINT NOT NULL,
    digest VARCHAR(64) NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    format VARCHAR(32) NOT NULL,
    frame_count INTEGER NOT NULL,
    taken_at DATETIME(6),
    offset_minutes INTEGER,
    `precision` VARCHAR(16),
    latitude DOUBLE,
    longitude DOUBLE,
    altitude DOUBLE,
    city VARCHAR(255),
    region VARCHAR(255),
    country VARCHAR(255),
    country_code VARCHAR(255),
    camera VARCHAR(255),
    lens VARCHAR(255),
    exposure_seconds DOUBLE,
    f_number DOUBLE,
    iso INTEGER,
    focal_length DOUBLE,
    focal_length_35mm DOUBLE,
    title LONGTEXT,
    caption LONGTEXT,
    rating INTEGER,
    favourite BOOL,
    generation LONGTEXT,
    sources LONGTEXT NOT NULL,
    added_at DATETIME(6) NOT NULL,
    missing_since DATETIME(6),
    CONSTRAINT pk_photos PRIMARY KEY (id),
    CONSTRAINT uq_photos_root_id_folder_name UNIQUE (root_id, folder, name),
    CONSTRAINT fk_photos_root_id FOREIGN KEY(root_id) REFERENCES roots (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

CREATE INDEX ix_photos_favourite ON photos (favourite);

CREATE INDEX ix_photos_country ON photos (country);

CREATE INDEX ix_photos_latitude_longitude ON photos (latitude, longitude);

CREATE INDEX ix_photos_region ON photos (region);

CREATE INDEX ix_photos_camera ON photos (camera);

CREATE INDEX ix_photos_country_code ON photos (country_code);

CREATE INDEX ix_photos_digest ON photos (digest);

CREATE INDEX ix_photos_lens ON photos (lens);

CREATE INDEX ix_photos_city ON photos (city);

CREATE INDEX ix_photos_facts ON photos (frame_count, format, width, height, size, rating, iso, f_number, exposure_seconds, focal_length, focal_length_35mm, latitude, longitude, `precision`, taken_at, missing_since);

CREATE INDEX ix_photos_taken_at_id ON photos (taken_at, id);

CREATE INDEX ix_photos_added_at ON photos (added_at);

CREATE INDEX ix_photos_rating ON photos (rating);

CREATE INDEX ix_photos_size ON photos (size);

CREATE TABLE skipped (
    root_id BIGINT NOT NULL,
    folder VARCHAR(500) NOT NULL,
    name VARCHAR(255) NOT NULL,
    size BIGINT NOT NULL,
    mtime_ns BIGINT NOT NULL,
    reason LONGTEXT NOT NULL,
    at DATETIME(6) NOT NULL,
    CONSTRAINT pk_skipped PRIMARY KEY (root_id, folder, name),
    CONSTRAINT fk_skipped_root_id FOREIGN KEY(root_id) REFERENCES roots (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

CREATE TABLE keywords (
    photo_id BIGINT NOT NULL,
    `position` INTEGER NOT NULL,
    keyword VARCHAR(255) NOT NULL,
    CONSTRAINT pk_keywords PRIMARY KEY (photo_id, `position`),
    CONSTRAINT fk_keywords_photo_id FOREIGN KEY(photo_id) REFERENCES photos (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

CREATE INDEX ix_keywords_keyword_photo_id ON keywords (keyword, photo_id);

CREATE TABLE photo_places (
    photo_id BIGINT NOT NULL,
    place_id BIGINT,
    CONSTRAINT pk_photo_places PRIMARY KEY (photo_id),
    CONSTRAINT fk_photo_places_photo_id FOREIGN KEY(photo_id) REFERENCES photos (id) ON DELETE CASCADE,
    CONSTRAINT fk_photo_places_place_id FOREIGN KEY(place_id) REFERENCES places (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

CREATE INDEX ix_photo_places_place_id_photo_id ON photo_places (place_id, photo_id);

CREATE TABLE people (
    photo_id BIGINT NOT NULL,
    `position` INTEGER NOT NULL,
    name VARCHAR(255) NOT NULL,
    CONSTRAINT pk_people PRIMARY KEY (photo_id, `position`),
    CONSTRAINT fk_people_photo_id FOREIGN KEY(photo_id) REFERENCES photos (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

CREATE INDEX ix_people_name_photo_id ON people (name, photo_id);

CREATE TABLE colours (
    photo_id BIGINT NOT NULL,
    colour VARCHAR(16) NOT NULL,
    share DOUBLE NOT NULL,
    CONSTRAINT pk_colours PRIMARY KEY (photo_id, colour),
    CONSTRAINT fk_colours_photo_id FOREIGN KEY(photo_id) REFERENCES photos (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

CREATE INDEX ix_colours_colour_share_photo_id ON colours (colour, share, photo_id);

CREATE TABLE edits (
    id BIGINT NOT NULL AUTO_INCREMENT,
    photo_id BIGINT,
    digest VARCHAR(64) NOT NULL,
    said LONGTEXT NOT NULL,
    beneath LONGTEXT NOT NULL,
    edited_at DATETIME(6) NOT NULL,
    CONSTRAINT pk_edits PRIMARY KEY (id),
    CONSTRAINT uq_edits_photo_id UNIQUE (photo_id),
    CONSTRAINT fk_edits_photo_id FOREIGN KEY(photo_id) REFERENCES photos (id) ON DELETE SET NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

CREATE INDEX ix_edits_digest ON edits (digest);

CREATE TABLE frames (
    id BIGINT NOT NULL AUTO_INCREMENT,
    photo_id BIGINT NOT NULL,
    `position` INTEGER NOT NULL,
    time_ms INTEGER,
    CONSTRAINT pk_frames PRIMARY KEY (id),
    CONSTRAINT uq_frames_photo_id_position UNIQUE (photo_id, `position`),
    CONSTRAINT fk_frames_photo_id FOREIGN KEY(photo_id) REFERENCES photos (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

CREATE TABLE album_photos (
    album_id BIGINT NOT NULL,
    photo_id BIGINT NOT NULL,
    CONSTRAINT pk_album_photos PRIMARY KEY (album_id, photo_id),
    CONSTRAINT fk_album_photos_album_id FOREIGN KEY(album_id) REFERENCES albums (id) ON DELETE CASCADE,
    CONSTRAINT fk_album_photos_photo_id FOREIGN KEY(photo_id) REFERENCES photos (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

CREATE INDEX ix_album_photos_photo_id ON album_photos (photo_id);

CREATE TABLE vectors (
    id BIGINT NOT NULL AUTO_INCREMENT,
    space_id BIGINT NOT NULL,
    frame_id BIGINT NOT NULL,
    `vector` BLOB NOT NULL,
    CONSTRAINT pk_vectors PRIMARY KEY (id),
    CONSTRAINT uq_vectors_space_id_frame_id UNIQUE (space_id, frame_id),
    CONSTRAINT fk_vectors_space_id FOREIGN KEY(space_id) REFERENCES spaces (id) ON DELETE CASCADE,
    CONSTRAINT fk_vectors_frame_id FOREIGN KEY(frame_id) REFERENCES frames (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

CREATE INDEX ix_vectors_frame_id ON vectors (frame_id);

CREATE TABLE photo_words (
    word VARCHAR(255) NOT NULL,
    weight DOUBLE NOT NULL,
    photo_id BIGINT NOT NULL,
    PRIMARY KEY (word, weight, photo_id),
    INDEX ix_photo_words_photo_id (photo_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

CREATE TABLE foldings (
    digest VARCHAR(32) PRIMARY KEY,
    folded LONGTEXT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY);

INSERT INTO alembic_version VALUES ('0009');
