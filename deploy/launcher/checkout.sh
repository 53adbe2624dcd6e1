# Part of deploy/larkspur: in a checkout, builds the jars where the sources are newer.
# Sets jar, dl4j_jar, spark_jars and archive_folder.

target=$home/spark-jobs/target
spark_classpath=$target/spark.classpath
built_with=$target/larkspur.arguments
maven_arguments=${LARKSPUR_MAVEN_ARGS:-}

# Presets are read where they are; the defaults belong to the code.
sources=("$home/pom.xml" "$home/conf/reference.conf" "$home/LICENSE" "$home/NOTICE")
for module in model-core model-core/torch model-core/dl4j data-prep spark-jobs/dl4j spark-jobs; do
  sources+=("$home/$module/pom.xml" "$home/$module/src/main")
done
sources+=("$home/spark-jobs/dl4j/src/spark-3.5")

# Jars are named by the line of Spark that they are for, and so is Spark's own jar.
find_jars() {
  spark_jars=
  [ ! -f "$spark_classpath" ] || IFS= read -r spark_jars <"$spark_classpath" || true
  local line=
  [[ ! $spark_jars =~ /spark-core_[0-9.]+-([0-9]+\.[0-9]+) ]] || line=${BASH_REMATCH[1]}
  jar=$target/larkspur-spark-$line.jar
  dl4j_jar=$home/spark-jobs/dl4j/target/larkspur-dl4j-spark-$line.jar
}

out_of_date() {
  local built
  for built in "$jar" "$dl4j_jar" "$built_with"; do
    [ -f "$built" ] || return 0
  done
  [ "$(cat "$built_with")" = "$maven_arguments" ] || return 0
  local newer
  newer=$(find "${sources[@]}" -type f -newer "$jar" -print 2>/dev/null | head -n 1) || true
  [ -n "$newer" ]
}

find_jars
if out_of_date; then
  "${java%java}javac" -version >/dev/null 2>&1 ||
    fail "this Java has no compiler: install a JDK 17 or 21, not only its runtime."
  command -v mvn >/dev/null 2>&1 ||
    fail "there is no Maven to build with: install Maven 3.8 or newer (for example the package maven)."
  # A source that is saved during the build counts as newer than the jar.
  before_build=$(mktemp)
  trap 'rm -f "$before_build"' EXIT
  printf 'larkspur: building (the first time this also downloads Spark, LibTorch and ND4J) ...\n' >&2
  # Spotless and the tests guard changes; a user who only wants to run need not wait for them.
  # shellcheck disable=SC2086 # several arguments are meant to be several
  (cd "$home" && mvn -q -B -Dstyle.color=never -Dmaven.test.skip=true -Dspotless.check.skip=true \
    -Dtarball.skip=true $maven_arguments package) >&2 ||
    fail "the build failed; its messages are above."
  printf '%s' "$maven_arguments" >"$built_with"
  find_jars
  # Maven leaves a jar alone whose content did not change.
  touch -r "$before_build" "$jar" "$dl4j_jar" "$spark_classpath"
  rm -f "$before_build"
  trap - EXIT
fi
archive_folder=$target
export LARKSPUR_PRESETS=$home/conf
