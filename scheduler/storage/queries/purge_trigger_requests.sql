-- Forgets answers of TriggerSync after 7 days.
DELETE FROM syncline.trigger_requests
WHERE (tenant_id, request_id) IN (
  SELECT tenant_id, request_id FROM syncline.trigger_requests
  WHERE created_at < clock_timestamp() - interval '7 days' LIMIT 10000)
