# Part of deploy/larkspur: a command with embedded Spark, and the archive of classes for its start.

# The jars of a folder, in an order that no locale changes; nothing if there are none.
folder_as_class_path() {
  local LC_ALL=C IFS=:
  local jars=("$1"/*.jar)
  [ ! -f "${jars[0]}" ] || printf '%s' "${jars[*]}"
}

# The jars of a Spark: those that the user names, or the ones that came with the build or the package.
if [ -n "${LARKSPUR_SPARK_JARS:-}" ]; then
  spark_jars=$(folder_as_class_path "$LARKSPUR_SPARK_JARS")
  [ -n "$spark_jars" ] ||
    fail "LARKSPUR_SPARK_JARS is $LARKSPUR_SPARK_JARS, and there are no jars in it: name the folder jars of a Spark."
elif [ -z "$spark_jars" ]; then
  spark_jars=$(folder_as_class_path "$home/spark")
  [ -n "$spark_jars" ] ||
    fail "there is no Spark in $home/spark: set SPARK_HOME to an installed one, or LARKSPUR_SPARK_JARS to the folder jars of one."
fi

# Spark on Java 17 reads these internals of the JDK; spark-submit opens the same ones.
opened=(java.lang java.lang.invoke java.lang.reflect java.io java.net java.nio java.util
  java.util.concurrent java.util.concurrent.atomic jdk.internal.ref sun.nio.ch sun.nio.cs
  sun.security.action sun.util.calendar)
open_arguments=()
for package in "${opened[@]}"; do
  open_arguments+=("--add-opens=java.base/$package=ALL-UNNAMED")
done
java_command=("$java" "-Xmx$heap" "${open_arguments[@]}"
  -Djdk.reflect.useDirectMethodHandle=false -Dio.netty.tryReflectionSetAccessible=true
  -Dlog4j2.configurationFile=classpath:larkspur-log4j2.properties)
[ -f "$dl4j_jar" ] || dl4j_jar=
class_path=$jar:${dl4j_jar:+$dl4j_jar:}$spark_jars

# The classes of a quickstart, parsed and verified, in the format of this build of Java and for this
# class path. Java ignores an archive that does not fit its options or the jars.
archive=$archive_folder/larkspur-${java_version//[!A-Za-z0-9.+-]/_}.jsa
# Mapped to where it was written for, nothing in it needs to be relocated.
archive_arguments=("-XX:SharedArchiveFile=$archive" -Xlog:cds=off,cds+dynamic=off
  -XX:+UnlockDiagnosticVMOptions -XX:ArchiveRelocationMode=0)

# Runs a small quickstart and writes the archive. A failure leaves an empty file, so that it is not
# tried again, and a command starts without an archive.
make_archive() {
  printf 'larkspur: making an archive of classes for faster starts, once ...\n' >&2
  work=$(mktemp -d) || return 0
  trap 'rm -rf "$work" "$archive.$$"' EXIT
  # shellcheck disable=SC2086 # several arguments are meant to be several
  if ! {
    "${java_command[@]}" $torch_arguments -XX:TieredStopAtLevel=1 \
      "-XX:ArchiveClassesAtExit=$work/larkspur.jsa" -cp "$class_path" dev.larkspur.cli.Larkspur \
      quickstart --run "$work/run" --master 'local[2]' --set training.steps=2 \
      --set tokenizer.vocabulary=300 --set model.layers=1 --set model.hidden-dim=32 --set data.validation-fraction=0.001 &&
      "${java_command[@]}" "-XX:SharedArchiveFile=$work/larkspur.jsa" -cp "$class_path" \
        dev.larkspur.cli.Larkspur --version &&
      cp "$work/larkspur.jsa" "$archive.$$" && mv -f "$archive.$$" "$archive"
  } >/dev/null 2>&1 </dev/null; then
    rm -f "$archive"
    : >"$archive"
  fi
  printf '%s\n' "$class_path" >"$archive.classpath"
  rm -rf "$work" "$archive.$$"
  trap - EXIT
}

# Commands that end within seconds: optimised code and a parallel collector cost more than they save.
short_arguments=()
case " $* " in
  '  ' | ' help '* | ' describe '* | ' status '* | ' completion '* | ' tokenizer-info '* | *' --help '* | *' -h '* | \
    *' --version '* | *' -V '*)
    short_arguments=(-XX:TieredStopAtLevel=1)
    case "${LARKSPUR_JAVA_ARGS:-} ${JAVA_TOOL_OPTIONS:-} ${JDK_JAVA_OPTIONS:-} ${_JAVA_OPTIONS:-}" in
      # Java refuses two collectors.
      *GC*) ;;
      *) short_arguments+=(-XX:+UseSerialGC) ;;
    esac
    ;;
esac

archive_fits() {
  local made_for=
  [ "$archive" -nt "$jar" ] && [ -f "$archive.classpath" ] && IFS= read -r made_for <"$archive.classpath" &&
    [ "$made_for" = "$class_path" ]
}

if [ -n "${LARKSPUR_SPARK_JARS:-}" ]; then
  archive_folder=
fi
# A command that ends within seconds does not wait for one.
if [ -n "$archive_folder" ] && [ "${LARKSPUR_ARCHIVE:-}" != 0 ] && [ ${#short_arguments[@]} = 0 ] &&
  ! archive_fits && [ -w "$archive_folder" ]; then
  make_archive
fi
if [ -z "$archive_folder" ] || ! [ -s "$archive" ] || ! archive_fits; then
  archive_arguments=()
fi

# A start of Spark calls much code some hundred times, and by default spends more processor time on
# optimising it than on running it: only what is called 20 times as often is optimised.
compiler_arguments=(-XX:Tier4InvocationThreshold=100000 -XX:Tier4MinInvocationThreshold=12000
  -XX:Tier4CompileThreshold=300000 -XX:Tier4BackEdgeThreshold=800000)

# After the class path of the archive, or Java would ignore the archive.
class_path=$class_path${HADOOP_CONF_DIR:+:$HADOOP_CONF_DIR}
# shellcheck disable=SC2086 # several arguments are meant to be several
exec "${java_command[@]}" \
  ${archive_arguments[@]+"${archive_arguments[@]}"} "${compiler_arguments[@]}" ${short_arguments[@]+"${short_arguments[@]}"} \
  $torch_arguments ${LARKSPUR_JAVA_ARGS:-} -cp "$class_path" dev.larkspur.cli.Larkspur "$@"
