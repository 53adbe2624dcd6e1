# Part of deploy/larkspur: a command through the spark-submit of SPARK_HOME. Larkspur itself makes
# the command line, from the settings and from what the user says of Spark.

submit=$SPARK_HOME/bin/spark-submit
[ -x "$submit" ] || fail "SPARK_HOME is $SPARK_HOME, but there is no $submit."
[ -d "$SPARK_HOME/jars" ] || fail "SPARK_HOME is $SPARK_HOME, but there is no $SPARK_HOME/jars: name an installed Spark."

# Every command is submitted; those that come without one only show something.
case ${1:-} in
  submit) shift ;;
  '' | -*) set -- help ;;
esac

words=$(mktemp)
trap 'rm -f "$words"' EXIT
hadoop_conf=${HADOOP_CONF_DIR:-}
[ -f "$dl4j_jar" ] || dl4j_jar=
# Short work; the JVM ends before spark-submit begins.
LARKSPUR_EXEC=$words "$java" -Xmx512m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC \
  --add-opens=java.base/java.nio=ALL-UNNAMED --add-opens=java.base/sun.nio.ch=ALL-UNNAMED \
  -cp "$jar:${dl4j_jar:+$dl4j_jar:}${hadoop_conf:+$hadoop_conf:}$SPARK_HOME/jars/*" \
  dev.larkspur.cli.Larkspur submit "$@" >&3
command=()
while IFS= read -r -d '' word; do
  command+=("$word")
done <"$words"
rm -f "$words"
trap - EXIT
# Help and --dry-run leave no words.
[ ${#command[@]} -gt 0 ] || exit 0
exec "${command[@]}"
