"""The function and the trigger that keep the search index as the catalogue is: SQL of the migrations 0008 and of the one that replaces it."""

FIELDS = ("data_set_id", "signature", "producer_id", "coverage_id", "period_from", "period_to", "words")
SET = ", ".join(f"{name} = EXCLUDED.{name}" for name in FIELDS[1:])
PACKED = " | ".join(
    f"(onedata_facet_code('{name}', {{row}}{name}) << {6 * place})" for place, name in enumerate(("topic", "frequency", "licence", "access"))
)
VALUES = "{row}id, " + PACKED + ", {row}producer_id, {row}coverage_id, {row}period_from, {row}period_to, {row}words"
FOLLOW = f"""
CREATE FUNCTION onedata_facet_code(facet_name text, facet_value text) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE found integer;
BEGIN
    SELECT code INTO found FROM onedata_facetvalue WHERE facet = facet_name AND value = facet_value;
    IF found IS NULL THEN
        PERFORM pg_advisory_xact_lock(hashtext('onedata_facetvalue'));
        INSERT INTO onedata_facetvalue (facet, value, code)
        SELECT facet_name, facet_value, coalesce(max(code), 0) + 1 FROM onedata_facetvalue WHERE facet = facet_name
        ON CONFLICT (facet, value) DO NOTHING;
        SELECT code INTO found FROM onedata_facetvalue WHERE facet = facet_name AND value = facet_value;
    END IF;
    RETURN found;
END $$;
CREATE FUNCTION onedata_follow_dataset() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        DELETE FROM onedata_searchentry WHERE data_set_id = OLD.id;
    ELSIF NEW.published_at IS NULL OR NEW.stage IN ('archived', 'superseded') THEN
        DELETE FROM onedata_searchentry WHERE data_set_id = NEW.id;
    ELSE
        INSERT INTO onedata_searchentry ({", ".join(FIELDS)}) VALUES ({VALUES.format(row="NEW.")})
        ON CONFLICT (data_set_id) DO UPDATE SET {SET};
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER onedata_follow_dataset AFTER INSERT OR UPDATE OR DELETE ON onedata_dataset
FOR EACH ROW EXECUTE FUNCTION onedata_follow_dataset();
INSERT INTO onedata_searchentry ({", ".join(FIELDS)}) SELECT {VALUES.format(row="")} FROM onedata_dataset
WHERE published_at IS NOT NULL AND stage NOT IN ('archived', 'superseded');
"""
UNFOLLOW = """
DROP TRIGGER onedata_follow_dataset ON onedata_dataset;
DROP FUNCTION onedata_follow_dataset();
DROP FUNCTION onedata_facet_code(text, text);
"""
