# Part of deploy/larkspur: takes the jar that LARKSPUR_JAR names.
# Sets jar, dl4j_jar, spark_jars and archive_folder.

jar=$LARKSPUR_JAR
case $jar in
  # For spark-submit, which fetches it or finds it in an image.
  [a-z]*:/*) [ -n "${SPARK_HOME:-}" ] || fail "LARKSPUR_JAR is $jar: without SPARK_HOME it must be a file." ;;
  *)
    [ -f "$jar" ] || fail "LARKSPUR_JAR is $jar, and there is no such file."
    jar=$(cd -P "$(dirname "$jar")" && pwd)/${jar##*/}
    ;;
esac
dl4j_jar=${jar%/*}/larkspur-dl4j-${jar##*/larkspur-}
spark_jars=
if [ -f "$home/spark-jobs/target/spark.classpath" ]; then
  IFS= read -r spark_jars <"$home/spark-jobs/target/spark.classpath" || true
fi
archive_folder=
