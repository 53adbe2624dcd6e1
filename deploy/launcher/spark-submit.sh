# Part of deploy/larkspur: a command through the spark-submit of SPARK_HOME.

# Whether larkspur-dl4j.jar is needed: an argument, or the settings in a file, run directory or model
# directory that is one, choose an engine, strategy or format of dl4j or a compressed exchange, or the
# command is about engines. Where settings cannot be read here, LARKSPUR_DL4J=1 says so.
needs_dl4j() {
  case ${LARKSPUR_DL4J:-} in
    '') ;;
    0) return 1 ;;
    *) return 0 ;;
  esac
  local is='"?[[:space:]]*[=:][[:space:]]*"?'
  local words="(engine|strategy|format)${is}dl4j|compression${is}threshold"
  local argument file
  for argument in "$@"; do
    case $argument in
      doctor | dl4j | dl4j,* | *,dl4j | *,dl4j,* | --engines=*dl4j* | --compression*) return 0 ;;
    esac
    ! [[ $argument =~ $words ]] || return 0
    for file in "$argument" "${argument#*=}" "${argument#*=}"/config.{conf,json}; do
      # Of documents only the beginning; comments do not count.
      if [ -f "$file" ] && [ "$(head -c 1000000 "$file" |
        sed 's/#.*//; s/\(^\|[[:space:]]\)\/\/.*//' | grep -a -c -E "$words")" != 0 ]; then
        return 0
      fi
    done
  done
  return 1
}

submit=$SPARK_HOME/bin/spark-submit
[ -x "$submit" ] || fail "SPARK_HOME is $SPARK_HOME, but there is no $submit."
# spark-submit reads the master before the command does.
master=()
previous=
for argument in "$@"; do
  case $argument in
    --master=*) master=(--master "${argument#--master=}") ;;
  esac
  if [ "$previous" = --master ]; then
    master=(--master "$argument")
  fi
  previous=$argument
done
jars=()
if needs_dl4j "$@"; then
  jars=(--jars "$dl4j_jar")
fi
log_settings=$home/conf/larkspur-log4j2.properties
[ -f "$log_settings" ] || log_settings=$home/spark-jobs/src/main/resources/larkspur-log4j2.properties
# As a URL without spaces: spark-submit splits the options at them.
url=${log_settings//%/%25}
url=${url//#/%23}
url=${url// /%20}
logging=-Dlog4j2.configurationFile=file:$url
exec "$submit" \
  --class dev.larkspur.cli.Larkspur \
  ${master[@]+"${master[@]}"} \
  ${jars[@]+"${jars[@]}"} \
  ${LARKSPUR_HEAP:+--driver-memory "$LARKSPUR_HEAP"} \
  ${LC_ALL:+--conf "spark.yarn.appMasterEnv.LC_ALL=$LC_ALL"} \
  --conf "spark.driver.extraJavaOptions=$torch_arguments $logging ${LARKSPUR_JAVA_ARGS:-}" \
  "$jar" "$@"
