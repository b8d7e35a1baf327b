# shellcheck shell=bash
# What the cluster says of the place where this container starts.

# A label of the namespace, or nothing where it has none.
namespace_label() {
  kubectl get namespace "$POD_NAMESPACE" -o "jsonpath={.metadata.labels.$1}"
}

# A label of the node, or nothing where it has none.
node_label() {
  kubectl get node "$NODE_NAME" -o "jsonpath={.metadata.labels.$1}"
}

# Whether a feature flag is on. A flag server that does not answer is no reason not to start.
flag_is_on() {
  if ! flag=$(curl -fsS --max-time 2 "$FLAGS_URL/$1"); then
    echo "warning=the flag $1 can't be read"
    return 1
  fi
  [ "$flag" = on ]
}
