# The peer of kit.js: bats runs the script of the ConfigMap once, and asserts the same.

@test "production is profiled" {
  CLUSTER_ENV=production run bash "$SCRIPT"
  [ "$status" -eq 0 ]
  [ "$output" = module=mem-profiler,config=prod-tunings ]
}
