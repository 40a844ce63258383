using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Unlearning.Host.Privacy;

/// <summary>Keeps text encrypted in its column. Two encryptions of a text differ, so that no query can compare it.</summary>
internal static class ProtectedColumn
{
    /// <summary>Encrypts a column, if there is anything to do it with.</summary>
    public static void IsProtected<T>(this PropertyBuilder<T> column, TextProtector? protector)
        where T : class?
    {
        if (protector is not null)
            column.HasConversion(new ValueConverter<string, string>(text => protector.Protect(text), stored => protector.Unprotect(stored)));
    }
}
