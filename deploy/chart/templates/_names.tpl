{{- define "name" -}}
{{ if contains .Chart.Name .Release.Name }}{{ .Release.Name }}{{ else }}{{ .Release.Name }}-{{ .Chart.Name }}{{ end }}
{{- end }}
{{- define "which" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}
{{- define "labels" -}}
{{ include "which" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}
{{- define "port" -}}
{{ splitList ":" (get .Values.settings .setting) | last | int }}
{{- end }}
{{- define "image" -}}
{{ .Values.image.repository }}{{ with .Values.image.digest }}@{{ . }}{{ else }}:{{ .Values.image.tag | default .Chart.AppVersion }}{{ end }}
{{- end }}
{{- define "refused" -}}
{{- range list "TELEGRAM_BOT_TOKEN" "OPSCHAALGIDS_WEBHOOK_SECRET" "OPSCHAALGIDS_MAIL_PASSWORD" }}
{{- if get $.Values.settings . }}{{ fail (printf "%s is a secret: put it in a Secret, and name that under secrets." .) }}{{ end }}
{{- end }}
{{- if eq .Values.storage "postgresql" }}
{{- if not .Values.secrets.OPSCHAALGIDS_DATABASE }}{{ fail "storage is postgresql, so secrets.OPSCHAALGIDS_DATABASE has to name the Secret with its address." }}{{ end }}
{{- if .Values.settings.OPSCHAALGIDS_DATABASE }}{{ fail "The address of a PostgreSQL is a secret: put it in a Secret, and name that under secrets." }}{{ end }}
{{- end }}
{{- if and .Values.settings.OPSCHAALGIDS_WEB_URL (not .Values.settings.OPSCHAALGIDS_WEB_PROXY) }}{{ fail "OPSCHAALGIDS_WEB_PROXY has to say in which networks the ingress and the replicas are, such as 10.0.0.0/8." }}{{ end }}
{{- if not (or .Values.settings.OPSCHAALGIDS_WEB_URL .Values.secrets.TELEGRAM_BOT_TOKEN) }}{{ fail "Nothing leads to the guide; set settings.OPSCHAALGIDS_WEB_URL or secrets.TELEGRAM_BOT_TOKEN, or both." }}{{ end }}
{{- end }}
