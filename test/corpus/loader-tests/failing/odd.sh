case $A in
exit) echo "no API: <&>" >&2; exit 3 ;;
net) curl -fs http://example.org || echo none ;;
*) echo module=mem-logger ;;
esac
