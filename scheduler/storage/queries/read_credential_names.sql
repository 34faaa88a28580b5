-- Which credentials a locked integration has, to check a config against them.
--   $1 uuid integration
SELECT name FROM syncline.credentials WHERE integration_id = $1::uuid ORDER BY name COLLATE "C"
