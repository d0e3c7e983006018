-- Streamed into picture_verdict.
copy picture_verdict (
    url, same, hash, type, width, height, bytes, etag, modified, code, message, again_at
) from stdin
