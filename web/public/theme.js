// Sets the chosen theme before the first paint, so that nothing flashes. The rest of the choices wait for the script.
try {
	const { theme } = JSON.parse(localStorage.getItem("meridian.preferences") ?? "{}");
	if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
	// Unreadable storage: follow the system.
}
