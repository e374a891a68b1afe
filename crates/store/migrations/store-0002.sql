-- The jobs that run: few among many that wait, looked up whenever the worker goes to sleep.
CREATE INDEX jobs_leased ON jobs (leased_until) WHERE leased_until IS NOT NULL;
