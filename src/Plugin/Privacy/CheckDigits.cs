namespace Unlearning.Plugin.Privacy;

/// <summary>Sums that tell a number from any other run of digits.</summary>
internal static class CheckDigits
{
    /// <summary>Takes the digits out of a written number.</summary>
    /// <param name="written">Digits with separators.</param>
    /// <param name="digits">Gains their values; as many as there are places at most.</param>
    /// <returns>How many digits there are, whether or not all had a place.</returns>
    public static int Read(ReadOnlySpan<char> written, Span<int> digits)
    {
        int count = 0;
        foreach (char character in written)
        {
            if (!char.IsAsciiDigit(character))
                continue;
            if (count < digits.Length)
                digits[count] = character - '0';
            count++;
        }

        return count;
    }

    /// <summary>ISO/IEC 7812: from the right, every second digit doubled and its digits added; the sum is a multiple of ten.</summary>
    public static bool Luhn(ReadOnlySpan<int> digits)
    {
        int sum = 0;
        for (int i = digits.Length - 1, place = 1; i >= 0; i--, place++)
            sum += place % 2 == 1 ? digits[i] : digits[i] > 4 ? (digits[i] * 2) - 9 : digits[i] * 2;
        return sum > 0 && sum % 10 == 0;
    }

    /// <summary>The sum of the digits times the weights.</summary>
    public static int Weighted(ReadOnlySpan<int> digits, params ReadOnlySpan<int> weights)
    {
        int sum = 0;
        for (int i = 0; i < weights.Length; i++)
            sum += digits[i] * weights[i];
        return sum;
    }

    /// <summary>The number that digits write.</summary>
    public static long Number(ReadOnlySpan<int> digits)
    {
        long number = 0;
        foreach (int digit in digits)
            number = (number * 10) + digit;
        return number;
    }

    /// <summary>Whether every digit is the same, which satisfies many sums and belongs to nobody.</summary>
    public static bool AllSame(ReadOnlySpan<int> digits) => !digits.ContainsAnyExcept(digits[0]);
}
