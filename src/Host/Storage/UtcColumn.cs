using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Unlearning.Host.Storage;

/// <summary>Keeps instants as UTC date-times: readable, and ordered the same as text (SQLite) and as timestamps (PostgreSQL).</summary>
internal sealed class UtcColumn() : ValueConverter<DateTimeOffset, DateTime>(
    instant => instant.UtcDateTime,
    column => new DateTimeOffset(DateTime.SpecifyKind(column, DateTimeKind.Utc)));
