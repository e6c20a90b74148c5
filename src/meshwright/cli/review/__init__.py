"""Plans and checks in the forms that reviewers and their tools read: Markdown, SARIF, GitHub annotations."""
