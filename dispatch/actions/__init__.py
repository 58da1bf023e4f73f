"""What people and exchanges do. Each action checks the right, writes in one transaction, audits, and tells last."""
