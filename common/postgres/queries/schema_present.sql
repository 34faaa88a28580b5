-- Whether any migrator was here before.
SELECT to_regclass('syncline.migrations') IS NOT NULL AS present
