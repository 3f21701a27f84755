@echo off
rem Runs the installed Maven (3.8.7 or newer) on this project.
where mvn >nul 2>nul
if errorlevel 1 (
  echo mvnw: no Maven found; install Maven 3.8.7 or newer and put mvn on the PATH 1>&2
  exit /b 1
)
call mvn %*
exit /b %errorlevel%
