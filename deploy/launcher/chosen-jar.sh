# Part of deploy/larkspur: takes the jar that LARKSPUR_JAR names.
# Sets jar, dl4j_jar, spark_jars and archive_folder.

jar=$LARKSPUR_JAR
case $jar in
  [a-z]*:/*) fail "LARKSPUR_JAR is $jar, but it must be a file of this host. To say where the cluster has the jar: larkspur submit --application $jar ..." ;;
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
