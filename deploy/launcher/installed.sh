# Part of deploy/larkspur: finds the jars of an unpacked larkspur-*.tar.gz. Those of Spark are in spark/.
# Sets jar, dl4j_jar, spark_jars and archive_folder.

jars=("$home"/lib/larkspur-spark-*.jar)
jar=${jars[0]}
[ -f "$jar" ] ||
  fail "there is neither $home/lib/larkspur-spark-*.jar nor a checkout to build it from: unpack larkspur-*.tar.gz anew, or set LARKSPUR_JAR."
[ ${#jars[@]} = 1 ] ||
  fail "there are ${#jars[@]} jars $home/lib/larkspur-spark-*.jar: unpack each version into a folder of its own, or set LARKSPUR_JAR to one."
dl4j_jar=$home/lib/larkspur-dl4j-${jar##*/larkspur-}
spark_jars=
archive_folder=$home/lib
export LARKSPUR_PRESETS=$home/conf
